Values, as CEL literals, JSON and YAML.

  $ bulwark cel '[1, 2u, "a", 1.5, b"x", null, duration("90s"), {"k": true}]'
  $ bulwark cel -o json '{"a": [1, {"b": "two words"}], "c": duration("90s")}'
  $ bulwark cel -o yaml '{"a": [1, {"b": "two words"}], "c": duration("90s")}'

On documents: one result for each.

  $ bulwark cel -f examples/shop/web/storefront.yaml 'object.kind'
  $ bulwark cel -f examples/shop/batch/backup.json 'object.metadata'
  $ bulwark cel -o yaml -f examples/shop/web/storefront.yaml 'object.metadata.labels.app'
  $ cat examples/shop/batch/backup.json | bulwark cel -f - 'object.spec.schedule'

Mistakes: place and caret on standard error, status 2.

  $ bulwark cel '1 +'
  $ bulwark cel '1 + "a"'
  $ bulwark cel 'object.kind'
  $ bulwark cel --no-check '1 + "a"'
  $ bulwark cel '[1][2]'
  $ bulwark cel -f examples/shop/drafts/search.yaml 'object.kind'
  $ bulwark cel -f examples/nowhere.yaml 'object.kind'

What the stages make of it, and its cost.

  $ bulwark cel --dump=ast --no-check 'a.b + 1'
  $ bulwark cel --dump=types 'size("abc") > 2'
  $ bulwark cel --dump=types --no-check '1'
  $ bulwark cel --cost '[1, 2, 3].all(x, x > 0)'
