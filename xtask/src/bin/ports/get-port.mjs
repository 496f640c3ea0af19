// The peer get-port (npm): as main.rs of our own program says.
import { once } from "node:events";
import getPort from "get-port";

console.log("ready");
await once(process.stdin, "data");
const numbers = [];
for (let n = 0; n < Number(process.argv[2]); n += 1) numbers.push(await getPort());
console.log(numbers.join(" "));
process.stdin.resume();
