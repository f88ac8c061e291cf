Reports for programs, on standard output and in files that appear when they are complete.

  $ bulwark scan -o json --rule BW-PSS-107 examples/shop
  $ bulwark scan -o yaml --rule BW-PSS-107 examples/shop
  $ bulwark scan -q -o json=$FOLDER/a.json -o yaml=$FOLDER/a.yaml examples/shop; ls $FOLDER/a.*| xargs -n1 basename
  $ head -3 $FOLDER/a.json
  $ bulwark scan --summary -o json=$FOLDER/b.json examples/shop/data
  $ bulwark scan -q -o json=$FOLDER/nowhere/c.json examples/shop/data 2>&1 | sed "s,$FOLDER,FOLDER,"
  $ bulwark scan -o json=/dev/full -q examples/shop/data
  $ bulwark scan -o json=/dev/null -q examples/shop/data
  $ bulwark scan examples/shop/data > /dev/full
  $ ls $FOLDER | grep tmp

A reader that goes away is no error.

  $ bulwark scan examples/shop | true
  $ (bulwark scan examples/shop; echo $? >&2) 2>&1 >/dev/full | tail -1
  $ { bulwark scan -o json examples/shop; echo "status $?" >&2; } | head -1

The same report for any number of threads.

  $ bulwark scan --threads 1 examples/shop > $FOLDER/1; bulwark scan --threads 4 examples/shop > $FOLDER/4
  > sed -i 's/ in [0-9.]* ms//' $FOLDER/1 $FOLDER/4; cmp $FOLDER/1 $FOLDER/4 && echo same

Counters on standard error.

  $ bulwark scan -q --stats=json examples/shop | wc -c
  $ bulwark scan -q --stats=json examples/shop 2>&1 | python3 -c 'import json,sys; print(sorted(json.load(sys.stdin)))'
  $ bulwark scan -q --stats examples/shop 2>&1 | grep -E 'files|objects|findings'
