# SPDX-License-Identifier: Apache-2.0
"""Runs the lints on a small tree with planted breaches and expects each to be found. Usage: planted.py ROOT"""
import pathlib
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
GOOD = "/* SPDX-License-Identifier: Apache-2.0 */\n"
TABLE = "".join(f"  ['{name}', {name}_sources, [{uses}], []],\n" for name, uses in (
    ("base", ""), ("os", "'base'"), ("value", "'base'"), ("cel", "'value', 'base'"), ("doc", "'value', 'base'")))
FILES = {
    "src/meson.build": TABLE,
    "src/value/up.c": GOOD + '#include "cel/cel.h"\n',
    "src/cel/internal.c": GOOD + '#include "value/value_internal.h"\n',
    "src/cel/bare.c": GOOD + '#include "cel.h"\n',
    "src/doc/print.c": GOOD + 'void f(void)\n{\n        fprintf(stderr, "x");\n}\n',
    "src/doc/words.c": GOOD + "/* " + "TO" + "DO: later */\n",
    "src/doc/nospdx.c": "int x;\n",
    "src/doc/guard.h": GOOD + "#ifndef WRONG\n#define WRONG\nint f(void);\n#endif\n",
    "src/doc/alone.h": GOOD + "size_t needs_stddef(void);\n",
}
EXPECTED = {
    "check-layers": ["src/value/up.c:2: layer value may not use cel", "is for its own folder only", "names no layer"],
    "check-source": ["src/doc/print.c:4: only cli prints", "unfinished words", "nospdx.c:1: no SPDX line",
                     "include guard should be BW_DOC_GUARD_H", '"Ownership:"'],
    "check-headers": ["src/doc/alone.h: does not compile alone"],
}

failed = False
with tempfile.TemporaryDirectory() as folder:
    for name, text in FILES.items():
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    subprocess.run("git init -q . && git add -A", shell=True, cwd=folder, check=True)
    for tool, expected in EXPECTED.items():
        run = subprocess.run([root / "tools" / tool, folder], capture_output=True, text=True)
        if run.returncode == 0:
            print(f"{tool} found nothing wrong in the planted tree")
            failed = True
        for line in expected:
            if line not in run.stdout + run.stderr:
                print(f"{tool} did not say: {line}\n{run.stdout}{run.stderr}")
                failed = True
sys.exit(1 if failed else 0)
