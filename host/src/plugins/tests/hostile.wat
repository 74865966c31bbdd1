;; A guest that misbehaves as its configuration tells it: the first letter chooses, the rest is a URL.
(module
  (import "weft:integration/http@0.1.0" "send" (func $send
    (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "weft:integration/log@0.1.0" "log" (func $log (param i32 i32 i32 i32 i32)))
  (memory (export "memory") 2)
  (global $heap (mut i32) (i32.const 8192))

  (data (i32.const 16) "GET")
  (data (i32.const 32) "PATCH")
  (data (i32.const 48) "authorization")
  (data (i32.const 64) "Bearer mine")
  (data (i32.const 96) "x-note")
  (data (i32.const 112) "a\0d\0ahost: evil")
  ;; Lists of one header: pointer and length of its name, pointer and length of its value.
  (data (i32.const 160) "\30\00\00\00\0d\00\00\00\40\00\00\00\0b\00\00\00")
  (data (i32.const 176) "\60\00\00\00\06\00\00\00\70\00\00\00\0d\00\00\00")

  (func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
    (global.set $heap (i32.add (local.get $at) (local.get $size)))
    (block $fits
      (loop $grow
        (br_if $fits (i32.le_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536))))
        (br_if $grow (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))
        unreachable))
    (local.get $at))

  (func $recurse (param i32) (result i32)
    (i32.add (call $recurse (i32.add (local.get 0) (i32.const 1))) (local.get 0)))

  ;; Answers where the result is: the error as it came from the host, or an empty report.
  (func $request (param $method i32) (param $length i32) (param $url i32) (param $url_length i32)
                 (param $headers i32) (param $count i32) (result i32)
    (call $send
      (local.get $method) (local.get $length) (local.get $url) (local.get $url_length)
      (local.get $headers) (local.get $count)
      (i32.const 0) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0)
      (i32.const 1024))
    (if (result i32) (i32.load8_u (i32.const 1024)) (then (i32.const 1024)) (else (i32.const 2048))))

  (func $is (param $config i32) (param $letter i32) (result i32)
    (i32.eq (i32.load8_u (local.get $config)) (local.get $letter)))

  (func (export "weft:integration/source@0.1.0#describe") (result i32) (i32.const 2048))

  (func (export "weft:integration/source@0.1.0#check") (param $config i32) (param $length i32) (result i32)
    (local $url i32) (local $rest i32) (local $count i32) (local $answer i32)
    (local.set $url (i32.add (local.get $config) (i32.const 1)))
    (local.set $rest (i32.sub (local.get $length) (i32.const 1)))
    ;; l: for ever
    (if (call $is (local.get $config) (i32.const 108)) (then (loop $again (br $again))))
    ;; m: all the memory there is
    (if (call $is (local.get $config) (i32.const 109))
      (then (loop $again (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable))
    ;; r: down and down
    (if (call $is (local.get $config) (i32.const 114)) (then (drop (call $recurse (i32.const 0)))))
    ;; p: gives up, after a line
    (if (call $is (local.get $config) (i32.const 112))
      (then (call $log (i32.const 3) (local.get $config) (local.get $length) (i32.const 0) (i32.const 0)) unreachable))
    ;; g: talks and talks
    (if (call $is (local.get $config) (i32.const 103))
      (then (loop $again
        (call $log (i32.const 2) (local.get $config) (local.get $length) (i32.const 0) (i32.const 0))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $count) (i32.const 10000))))))
    ;; h: keeps every body it is given
    (if (call $is (local.get $config) (i32.const 104))
      (then (loop $again
        (local.set $answer (call $request (i32.const 16) (i32.const 3) (local.get $url) (local.get $rest) (i32.const 0) (i32.const 0)))
        (br_if $again (i32.eq (local.get $answer) (i32.const 2048))))
        (return (local.get $answer))))
    ;; s: reads   w: changes   a: brings its own login   i: smuggles a header
    (if (call $is (local.get $config) (i32.const 115))
      (then (return (call $request (i32.const 16) (i32.const 3) (local.get $url) (local.get $rest) (i32.const 0) (i32.const 0)))))
    (if (call $is (local.get $config) (i32.const 119))
      (then (return (call $request (i32.const 32) (i32.const 5) (local.get $url) (local.get $rest) (i32.const 0) (i32.const 0)))))
    (if (call $is (local.get $config) (i32.const 97))
      (then (return (call $request (i32.const 16) (i32.const 3) (local.get $url) (local.get $rest) (i32.const 160) (i32.const 1)))))
    (if (call $is (local.get $config) (i32.const 105))
      (then (return (call $request (i32.const 16) (i32.const 3) (local.get $url) (local.get $rest) (i32.const 176) (i32.const 1)))))
    ;; b: an account whose id is a text of 128 MiB
    (if (call $is (local.get $config) (i32.const 98))
      (then (i32.store (i32.const 1028) (i32.const 16)) (i32.store (i32.const 1032) (i32.const 134217728)) (return (i32.const 1024))))
    (i32.const 2048))

  (func (export "weft:integration/source@0.1.0#fetch")
    (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    unreachable))
