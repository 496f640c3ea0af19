import os

page_size = int(os.environ.get("PAGE_SIZE", "50"))
for name in ("A", "B"):
    print(os.environ.get("TASK_" + name))
