# SPDX-License-Identifier: MIT OR Apache-2.0
#
# For gdb: the symbols of the modules that the guest has loaded, each time that the
# guest stops, and by the command "modules". OBJECTS has the modules' files by name;
# the file "sections" has lines "MODULE SECTION ADDRESS", the newest last.

import gdb
import re

loaded = {}


def sections():
    found = {}
    with open("sections") as lines:
        for line in lines:
            match = re.fullmatch(r"(\S+) (\.(?:text|data|rodata|bss)\S*) (0x[0-9a-f]+)\s*\n", line)
            if match:
                found.setdefault(match[1], {})[match[2]] = match[3]
    return found


def load():
    for module, places in sections().items():
        text = places.pop(".text", None)
        if module not in OBJECTS or text is None or loaded.get(module) == text:
            continue
        if module in loaded:
            gdb.execute(f"remove-symbol-file -a {loaded[module]}")
        others = " ".join(f"-s {name} {place}" for name, place in places.items())
        gdb.execute(f'add-symbol-file "{OBJECTS[module]}" {text} {others}', to_string=True)
        loaded[module] = text


class Modules(gdb.Command):
    """Loads the symbols of the guest's modules, and lists where they are."""

    def __init__(self):
        super().__init__("modules", gdb.COMMAND_FILES)

    def invoke(self, argument, from_tty):
        load()
        for module, text in loaded.items():
            print(f"{module} {text}")


Modules()
gdb.events.stop.connect(lambda event: load())
