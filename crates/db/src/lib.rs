//! Transactions that leave nothing behind, on PostgreSQL, MariaDB and SQLite.
