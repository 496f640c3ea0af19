//! Which Redis commands a read-only replica refuses.

/// Is this the name of a command that writes, or may? In any case of letters.
pub fn is_write(command: &[u8]) -> bool {
    let name = command.to_ascii_uppercase();
    WRITES.binary_search_by(|known| known.as_bytes().cmp(&name)).is_ok()
}

/// The commands that Redis 7.0 flags `write` (`COMMAND`), with `XGROUP` and `FUNCTION`, whose subcommands carry the
/// flag, and those that run scripts. Sorted; a test of `bootproof-testkit` compares it with a live server.
#[rustfmt::skip]
const WRITES: &[&str] = &[
    "APPEND", "BITFIELD", "BITOP", "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX",
    "BZPOPMIN", "COPY", "DECR", "DECRBY", "DEL", "EVAL", "EVALSHA", "EXPIRE", "EXPIREAT", "FCALL", "FLUSHALL",
    "FLUSHDB", "FUNCTION", "GEOADD", "GEORADIUS", "GEORADIUSBYMEMBER", "GEOSEARCHSTORE", "GETDEL", "GETEX",
    "GETSET", "HDEL", "HINCRBY", "HINCRBYFLOAT", "HMSET", "HSET", "HSETNX", "INCR", "INCRBY", "INCRBYFLOAT",
    "LINSERT", "LMOVE", "LMPOP", "LPOP", "LPUSH", "LPUSHX", "LREM", "LSET", "LTRIM", "MIGRATE", "MOVE", "MSET",
    "MSETNX", "PERSIST", "PEXPIRE", "PEXPIREAT", "PFADD", "PFDEBUG", "PFMERGE", "PSETEX", "RENAME", "RENAMENX",
    "RESTORE", "RESTORE-ASKING", "RPOP", "RPOPLPUSH", "RPUSH", "RPUSHX", "SADD", "SDIFFSTORE", "SET", "SETBIT",
    "SETEX", "SETNX", "SETRANGE", "SINTERSTORE", "SMOVE", "SORT", "SPOP", "SREM", "SUNIONSTORE", "SWAPDB",
    "UNLINK", "XACK", "XADD", "XAUTOCLAIM", "XCLAIM", "XDEL", "XGROUP", "XREADGROUP", "XSETID", "XTRIM", "ZADD",
    "ZDIFFSTORE", "ZINCRBY", "ZINTERSTORE", "ZMPOP", "ZPOPMAX", "ZPOPMIN", "ZRANGESTORE", "ZREM",
    "ZREMRANGEBYLEX", "ZREMRANGEBYRANK", "ZREMRANGEBYSCORE", "ZUNIONSTORE",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_so_that_every_name_in_it_is_found() {
        assert!(WRITES.is_sorted());
        assert!(WRITES.iter().all(|name| is_write(name.to_ascii_lowercase().as_bytes())));
    }

    #[test]
    fn reading_commands_pass() {
        assert!(
            ["GET", "PING", "AUTH", "HELLO", "SELECT", "CLIENT", "EVAL_RO", ""]
                .iter()
                .all(|name| !is_write(name.as_bytes()))
        );
    }
}
