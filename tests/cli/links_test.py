#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every relative link of every page leads to a file of the tree, and every page for users is linked from somewhere."""
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(os.environ.get('SOURCE_ROOT') or pathlib.Path(__file__).resolve().parents[2])
LINK = re.compile(r'\]\(([^)#\s]+)')


def main():
    pages = [*ROOT.glob('*.md'), *(ROOT / 'docs').rglob('*.md'), *(ROOT / 'examples').rglob('*.md')]
    linked, failures = set(), []
    for page in pages:
        text = re.sub(r'```.*?```', '', page.read_text(), flags=re.S)
        for link in LINK.findall(text):
            if ':' in link:
                continue
            target = (page.parent / link).resolve()
            linked.add(target)
            if not target.exists():
                failures.append(f'{page.relative_to(ROOT)}: {link} leads nowhere')
    for page in (ROOT / 'docs').glob('*.md'):
        if page.name != 'README.md' and page not in linked:
            failures.append(f'{page.relative_to(ROOT)}: no page links to it')
    for failure in failures:
        print(failure)
    print(f'{len(pages)} pages, {len(linked)} links, {len(failures)} failures')
    return 1 if failures or not linked else 0


if __name__ == '__main__':
    sys.exit(main())
