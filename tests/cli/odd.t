Odd input through the whole program. A rule that cannot be evaluated on an object has not passed: verdict error, status 2.

  $ sed -e 's/^expression:.*/expression: each.image.size() > each.nothing/' -e 's/SHOP-001/SHOP-002/' examples/rules/*.yaml > $FOLDER/rule.yaml
  $ bulwark scan --rules $FOLDER/rule.yaml --rule SHOP-002 examples/shop/batch
  CronJob shop/backup  examples/shop/batch/backup.json:1
    ERROR     SHOP-002  Image is not pinned by its digest
      examples/shop/batch/backup.json:15:17  no such key: nothing
       15 |                 "image": "registry.example.com/shop/backup:1.9",
          |                 ^~~~~~~

  No failed checks; 1 check could not be evaluated
  1 object in 1 file judged by 1 rule in 5.0 ms
  [2]
  $ bulwark scan -q --fail-on none --rules $FOLDER/rule.yaml --rule SHOP-002 examples/shop/batch; echo $?
  2

Names, values and file names with control characters.

  $ mkdir "$FOLDER/$(printf 'a\033[2Jb')"
  $ printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: "p\\e[31m\\u202E"}\nspec: {hostPID: true}\n' > "$FOLDER/$(printf 'a\033[2Jb')/x.yaml"
  $ cd $FOLDER && bulwark scan --rule BW-PSS-103 a*
  Pod p\x1b[31m\u{202E}  a\x1b[2Jb/x.yaml:1
    HIGH      BW-PSS-103  Pod shares a namespace of the host
      a\x1b[2Jb/x.yaml:4:8  pod sees the host's processes (hostPID)
        4 | spec: {hostPID: true}
          |        ^~~~~~~
      fix: Remove hostNetwork, hostPID and hostIPC. To reach the node's IP use the downward API; to be reached use a Service.

  1 failed check: 0 critical, 1 high, 0 medium, 0 low
  1 object in 1 file judged by 1 rule in 5.0 ms

  bulwark explain BW-PSS-103 tells why a check matters and how to fix it
  [1]
  $ cd $FOLDER && bulwark scan --rule BW-PSS-103 -o json a* | grep -E '"(name|file)": "[ap]'
          "name": "p\u001b[31m\u202e"
          "file": "a\u001b[2Jb/x.yaml",
            "name": "pss-baseline",
            "name": "pss-restricted",

A line of JSON is cut around the place; wide characters and tabs keep the caret under it.

  $ printf '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","annotations":{"x":"%0400d"}},"spec":{"hostPID":true,"x":"%0400d"}}' 0 0 > $FOLDER/long.json
  $ cd $FOLDER && bulwark scan --rule BW-PSS-103 long.json
  Pod p  long.json:1
    HIGH      BW-PSS-103  Pod shares a namespace of the host
      long.json:1:488  spec.hostPID  pod sees the host's processes (hostPID)
      fix: Remove hostNetwork, hostPID and hostIPC. To reach the node's IP use the downward API; to be reached use a Service.

  1 failed check: 0 critical, 1 high, 0 medium, 0 low
  1 object in 1 file judged by 1 rule in 5.0 ms

  bulwark explain BW-PSS-103 tells why a check matters and how to fix it
  [1]
  $ printf '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},\n\t"spec":{"注":"漢字","hostPID":true}}' > $FOLDER/wide.json
  $ cd $FOLDER && bulwark scan --rule BW-PSS-103 wide.json
  Pod p  wide.json:1
    HIGH      BW-PSS-103  Pod shares a namespace of the host
      wide.json:2:19  pod sees the host's processes (hostPID)
        2 |     "spec":{"注":"漢字","hostPID":true}}
          |                         ^~~~~~~~~
      fix: Remove hostNetwork, hostPID and hostIPC. To reach the node's IP use the downward API; to be reached use a Service.

  1 failed check: 0 critical, 1 high, 0 medium, 0 low
  1 object in 1 file judged by 1 rule in 5.0 ms

  bulwark explain BW-PSS-103 tells why a check matters and how to fix it
  [1]

Nothing to judge is no success to boast of.

  $ mkdir $FOLDER/empty; cd $FOLDER && bulwark scan --rule BW-PSS-103 empty
  Nothing was judged: no Kubernetes objects were found
  0 objects judged by 1 rule in 5.0 ms
  $ printf '' | bulwark scan --rule BW-PSS-103 -
  Nothing was judged: no Kubernetes objects were found
  0 objects in 1 file judged by 1 rule in 5.0 ms

Values of Secrets are never shown.

  $ printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n' | bulwark scan --include-passed - -o json | grep -c hunter2
  0
  [1]
