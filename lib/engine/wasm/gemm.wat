;; Matrix products in the backend's own memory. Addresses and strides are in bytes, counts in floats.
;; Factors are packed first: a panel holds six rows of the left factor (eight columns of the right
;; one) side by side, first all values at depth 0, then those at depth 1, and so on.
;;
;; tests/engine/wasm/compile.ts compiles this file to gemm.wasm; a test checks that they match.
(module
  (import "backend" "memory" (memory 1))

  ;; Six rows by eight columns of the product; twelve accumulators are what sixteen registers allow.
  (func $tile
    (param $left i32) (param $right i32) (param $depth i32)
    (param $product i32) (param $stride i32) (param $add i32)
    (local $c00 v128) (local $c01 v128)
    (local $c10 v128) (local $c11 v128)
    (local $c20 v128) (local $c21 v128)
    (local $c30 v128) (local $c31 v128)
    (local $c40 v128) (local $c41 v128)
    (local $c50 v128) (local $c51 v128)
    (local $b0 v128) (local $b1 v128) (local $x v128) (local $at i32)
    (loop $deeper
      (local.set $b0 (v128.load (local.get $right)))
      (local.set $b1 (v128.load offset=16 (local.get $right)))
      (local.set $x (v128.load32_splat (local.get $left)))
      (local.set $c00 (f32x4.relaxed_madd (local.get $x) (local.get $b0) (local.get $c00)))
      (local.set $c01 (f32x4.relaxed_madd (local.get $x) (local.get $b1) (local.get $c01)))
      (local.set $x (v128.load32_splat offset=4 (local.get $left)))
      (local.set $c10 (f32x4.relaxed_madd (local.get $x) (local.get $b0) (local.get $c10)))
      (local.set $c11 (f32x4.relaxed_madd (local.get $x) (local.get $b1) (local.get $c11)))
      (local.set $x (v128.load32_splat offset=8 (local.get $left)))
      (local.set $c20 (f32x4.relaxed_madd (local.get $x) (local.get $b0) (local.get $c20)))
      (local.set $c21 (f32x4.relaxed_madd (local.get $x) (local.get $b1) (local.get $c21)))
      (local.set $x (v128.load32_splat offset=12 (local.get $left)))
      (local.set $c30 (f32x4.relaxed_madd (local.get $x) (local.get $b0) (local.get $c30)))
      (local.set $c31 (f32x4.relaxed_madd (local.get $x) (local.get $b1) (local.get $c31)))
      (local.set $x (v128.load32_splat offset=16 (local.get $left)))
      (local.set $c40 (f32x4.relaxed_madd (local.get $x) (local.get $b0) (local.get $c40)))
      (local.set $c41 (f32x4.relaxed_madd (local.get $x) (local.get $b1) (local.get $c41)))
      (local.set $x (v128.load32_splat offset=20 (local.get $left)))
      (local.set $c50 (f32x4.relaxed_madd (local.get $x) (local.get $b0) (local.get $c50)))
      (local.set $c51 (f32x4.relaxed_madd (local.get $x) (local.get $b1) (local.get $c51)))
      (local.set $left (i32.add (local.get $left) (i32.const 24)))
      (local.set $right (i32.add (local.get $right) (i32.const 32)))
      (br_if $deeper (local.tee $depth (i32.sub (local.get $depth) (i32.const 1)))))
    (if (local.get $add) (then
      (local.set $at (local.get $product))
      (local.set $c00 (f32x4.add (local.get $c00) (v128.load (local.get $at))))
      (local.set $c01 (f32x4.add (local.get $c01) (v128.load offset=16 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (local.get $stride)))
      (local.set $c10 (f32x4.add (local.get $c10) (v128.load (local.get $at))))
      (local.set $c11 (f32x4.add (local.get $c11) (v128.load offset=16 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (local.get $stride)))
      (local.set $c20 (f32x4.add (local.get $c20) (v128.load (local.get $at))))
      (local.set $c21 (f32x4.add (local.get $c21) (v128.load offset=16 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (local.get $stride)))
      (local.set $c30 (f32x4.add (local.get $c30) (v128.load (local.get $at))))
      (local.set $c31 (f32x4.add (local.get $c31) (v128.load offset=16 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (local.get $stride)))
      (local.set $c40 (f32x4.add (local.get $c40) (v128.load (local.get $at))))
      (local.set $c41 (f32x4.add (local.get $c41) (v128.load offset=16 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (local.get $stride)))
      (local.set $c50 (f32x4.add (local.get $c50) (v128.load (local.get $at))))
      (local.set $c51 (f32x4.add (local.get $c51) (v128.load offset=16 (local.get $at))))))
    (v128.store (local.get $product) (local.get $c00))
    (v128.store offset=16 (local.get $product) (local.get $c01))
    (local.set $product (i32.add (local.get $product) (local.get $stride)))
    (v128.store (local.get $product) (local.get $c10))
    (v128.store offset=16 (local.get $product) (local.get $c11))
    (local.set $product (i32.add (local.get $product) (local.get $stride)))
    (v128.store (local.get $product) (local.get $c20))
    (v128.store offset=16 (local.get $product) (local.get $c21))
    (local.set $product (i32.add (local.get $product) (local.get $stride)))
    (v128.store (local.get $product) (local.get $c30))
    (v128.store offset=16 (local.get $product) (local.get $c31))
    (local.set $product (i32.add (local.get $product) (local.get $stride)))
    (v128.store (local.get $product) (local.get $c40))
    (v128.store offset=16 (local.get $product) (local.get $c41))
    (local.set $product (i32.add (local.get $product) (local.get $stride)))
    (v128.store (local.get $product) (local.get $c50))
    (v128.store offset=16 (local.get $product) (local.get $c51)))

  ;; Copies or adds the part of a tile that lies inside the product.
  (func $copy_corner
    (param $from i32) (param $rows i32) (param $columns i32)
    (param $product i32) (param $stride i32) (param $add i32)
    (local $column i32) (local $value f32) (local $at i32)
    (loop $next_row
      (local.set $column (i32.const 0))
      (loop $next_column
        (local.set $at (i32.add (local.get $product) (i32.shl (local.get $column) (i32.const 2))))
        (local.set $value
          (f32.load (i32.add (local.get $from) (i32.shl (local.get $column) (i32.const 2)))))
        (if (local.get $add) (then
          (local.set $value (f32.add (local.get $value) (f32.load (local.get $at))))))
        (f32.store (local.get $at) (local.get $value))
        (br_if $next_column (i32.lt_u
          (local.tee $column (i32.add (local.get $column) (i32.const 1)))
          (local.get $columns))))
      (local.set $from (i32.add (local.get $from) (i32.const 32)))
      (local.set $product (i32.add (local.get $product) (local.get $stride)))
      (br_if $next_row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; Computes the product of packed factors, or adds it to what is there. `corner` is scratch memory for
  ;; one tile.
  (func (export "multiply")
    (param $left i32) (param $right i32) (param $rows i32) (param $columns i32) (param $depth i32)
    (param $product i32) (param $stride i32) (param $add i32) (param $corner i32)
    (local $panel i32) (local $rows_left i32) (local $at i32)
    (loop $next_columns
      (local.set $panel (local.get $left))
      (local.set $rows_left (local.get $rows))
      (local.set $at (local.get $product))
      (loop $next_rows
        (if (i32.and
          (i32.ge_u (local.get $rows_left) (i32.const 6))
          (i32.ge_u (local.get $columns) (i32.const 8)))
          (then (call $tile
            (local.get $panel) (local.get $right) (local.get $depth)
            (local.get $at) (local.get $stride) (local.get $add)))
          (else
            (call $tile
              (local.get $panel) (local.get $right) (local.get $depth)
              (local.get $corner) (i32.const 32) (i32.const 0))
            (call $copy_corner
              (local.get $corner)
              (call $min (local.get $rows_left) (i32.const 6))
              (call $min (local.get $columns) (i32.const 8))
              (local.get $at) (local.get $stride) (local.get $add))))
        (local.set $panel
          (i32.add (local.get $panel) (i32.mul (local.get $depth) (i32.const 24))))
        (local.set $at
          (i32.add (local.get $at) (i32.mul (local.get $stride) (i32.const 6))))
        (br_if $next_rows (i32.gt_s
          (local.tee $rows_left (i32.sub (local.get $rows_left) (i32.const 6)))
          (i32.const 0))))
      (local.set $right (i32.add (local.get $right) (i32.shl (local.get $depth) (i32.const 5))))
      (local.set $product (i32.add (local.get $product) (i32.const 32)))
      (br_if $next_columns (i32.gt_s
        (local.tee $columns (i32.sub (local.get $columns) (i32.const 8)))
        (i32.const 0)))))

  (func $min (param $one i32) (param $other i32) (result i32)
    (select (local.get $one) (local.get $other) (i32.lt_u (local.get $one) (local.get $other))))

  ;; Packs rows that run along the depth. `rows` is a list of addresses that fills the panels; `step` is
  ;; the size of a panel, of which one call may fill only a part.
  (func (export "pack_along")
    (param $rows i32) (param $panels i32) (param $width i32) (param $depth i32)
    (param $target i32) (param $step i32)
    (local $row i32) (local $from i32) (local $to i32) (local $left i32) (local $four v128)
    (local $jump i32)
    (local.set $jump (i32.shl (local.get $width) (i32.const 2)))
    (loop $next_panel
      (local.set $row (i32.const 0))
      (loop $next_row
        (local.set $from (i32.load (local.get $rows)))
        (local.set $rows (i32.add (local.get $rows) (i32.const 4)))
        (local.set $to (i32.add (local.get $target) (i32.shl (local.get $row) (i32.const 2))))
        (local.set $left (local.get $depth))
        (block $fours_done
          (loop $next_four
            (br_if $fours_done (i32.lt_s (local.get $left) (i32.const 4)))
            (local.set $four (v128.load (local.get $from)))
            (v128.store32_lane 0 (local.get $to) (local.get $four))
            (local.set $to (i32.add (local.get $to) (local.get $jump)))
            (v128.store32_lane 1 (local.get $to) (local.get $four))
            (local.set $to (i32.add (local.get $to) (local.get $jump)))
            (v128.store32_lane 2 (local.get $to) (local.get $four))
            (local.set $to (i32.add (local.get $to) (local.get $jump)))
            (v128.store32_lane 3 (local.get $to) (local.get $four))
            (local.set $to (i32.add (local.get $to) (local.get $jump)))
            (local.set $from (i32.add (local.get $from) (i32.const 16)))
            (local.set $left (i32.sub (local.get $left) (i32.const 4)))
            (br $next_four)))
        (block $done
          (loop $next_one
            (br_if $done (i32.eqz (local.get $left)))
            (f32.store (local.get $to) (f32.load (local.get $from)))
            (local.set $from (i32.add (local.get $from) (i32.const 4)))
            (local.set $to (i32.add (local.get $to) (local.get $jump)))
            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
            (br $next_one)))
        (br_if $next_row (i32.lt_u
          (local.tee $row (i32.add (local.get $row) (i32.const 1)))
          (local.get $width))))
      (local.set $target (i32.add (local.get $target) (local.get $step)))
      (br_if $next_panel
        (local.tee $panels (i32.sub (local.get $panels) (i32.const 1))))))

  ;; Packs rows that run across the depth, one for each. `rows` is a list of their addresses, `columns`
  ;; their length; the last panel is filled up with zeros.
  (func (export "pack_across")
    (param $rows i32) (param $columns i32) (param $width i32) (param $depth i32)
    (param $target i32) (param $step i32)
    (local $from i32) (local $to i32) (local $left i32) (local $lane i32) (local $bytes i32)
    (local.set $bytes (i32.shl (local.get $width) (i32.const 2)))
    (loop $next_row
      (local.set $from (i32.load (local.get $rows)))
      (local.set $rows (i32.add (local.get $rows) (i32.const 4)))
      (local.set $to (local.get $target))
      (local.set $left (local.get $columns))
      (block $whole_done
        (loop $next_panel
          (br_if $whole_done (i32.lt_s (local.get $left) (local.get $width)))
          (v128.store (local.get $to) (v128.load (local.get $from)))
          (if (i32.eq (local.get $width) (i32.const 8))
            (then (v128.store offset=16 (local.get $to) (v128.load offset=16 (local.get $from))))
            (else (i64.store offset=16 (local.get $to) (i64.load offset=16 (local.get $from)))))
          (local.set $from (i32.add (local.get $from) (local.get $bytes)))
          (local.set $to (i32.add (local.get $to) (local.get $step)))
          (local.set $left (i32.sub (local.get $left) (local.get $width)))
          (br $next_panel)))
      (if (local.get $left) (then
        (local.set $lane (i32.const 0))
        (loop $next_lane
          (if (local.get $left)
            (then
              (f32.store (local.get $to) (f32.load (local.get $from)))
              (local.set $from (i32.add (local.get $from) (i32.const 4)))
              (local.set $left (i32.sub (local.get $left) (i32.const 1))))
            (else (f32.store (local.get $to) (f32.const 0))))
          (local.set $to (i32.add (local.get $to) (i32.const 4)))
          (br_if $next_lane (i32.lt_u
            (local.tee $lane (i32.add (local.get $lane) (i32.const 1)))
            (local.get $width))))))
      (local.set $target (i32.add (local.get $target) (local.get $bytes)))
      (br_if $next_row (local.tee $depth (i32.sub (local.get $depth) (i32.const 1))))))
)
