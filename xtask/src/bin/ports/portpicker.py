# The peer portpicker (Python): as main.rs of our own program says.
import sys

import portpicker

print("ready", flush=True)
sys.stdin.readline()
print(*(portpicker.pick_unused_port() for _ in range(int(sys.argv[1]))), flush=True)
sys.stdin.read()
