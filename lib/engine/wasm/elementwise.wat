;; Elementwise kernels on float32 tensors in the backend's own memory. Addresses and strides are in
;; bytes, counts in floats.
;;
;; tests/engine/wasm/compile.ts compiles this file to elementwise.wasm; a test checks that they match.
(module
  (import "backend" "memory" (memory 1))

  ;; dx = dy where y is positive, 0 elsewhere.
  (func (export "relu_gradient")
    (param $dy i32) (param $y i32) (param $dx i32) (param $count i32)
    (block $fours_done
      (loop $next_four
        (br_if $fours_done (i32.lt_s (local.get $count) (i32.const 4)))
        (v128.store (local.get $dx) (v128.and
          (v128.load (local.get $dy))
          (f32x4.gt (v128.load (local.get $y)) (v128.const f32x4 0 0 0 0))))
        (local.set $dy (i32.add (local.get $dy) (i32.const 16)))
        (local.set $y (i32.add (local.get $y) (i32.const 16)))
        (local.set $dx (i32.add (local.get $dx) (i32.const 16)))
        (local.set $count (i32.sub (local.get $count) (i32.const 4)))
        (br $next_four)))
    (block $done
      (loop $next_one
        (br_if $done (i32.eqz (local.get $count)))
        (f32.store (local.get $dx) (select
          (f32.load (local.get $dy))
          (f32.const 0)
          (f32.gt (f32.load (local.get $y)) (f32.const 0))))
        (local.set $dy (i32.add (local.get $dy) (i32.const 4)))
        (local.set $y (i32.add (local.get $y) (i32.const 4)))
        (local.set $dx (i32.add (local.get $dx) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next_one))))

  ;; Adds the rows of a contiguous matrix to the row at $sums.
  (func (export "add_rows")
    (param $from i32) (param $rows i32) (param $columns i32) (param $sums i32)
    (local $to i32) (local $left i32)
    (loop $next_row
      (local.set $to (local.get $sums))
      (local.set $left (local.get $columns))
      (block $fours_done
        (loop $next_four
          (br_if $fours_done (i32.lt_s (local.get $left) (i32.const 4)))
          (v128.store (local.get $to)
            (f32x4.add (v128.load (local.get $to)) (v128.load (local.get $from))))
          (local.set $from (i32.add (local.get $from) (i32.const 16)))
          (local.set $to (i32.add (local.get $to) (i32.const 16)))
          (local.set $left (i32.sub (local.get $left) (i32.const 4)))
          (br $next_four)))
      (block $done
        (loop $next_one
          (br_if $done (i32.eqz (local.get $left)))
          (f32.store (local.get $to)
            (f32.add (f32.load (local.get $to)) (f32.load (local.get $from))))
          (local.set $from (i32.add (local.get $from) (i32.const 4)))
          (local.set $to (i32.add (local.get $to) (i32.const 4)))
          (local.set $left (i32.sub (local.get $left) (i32.const 1)))
          (br $next_one)))
      (br_if $next_row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; Adds a bias to each row in place, and raises values below $min to it.
  (func (export "add_bias")
    (param $at i32) (param $rows i32) (param $columns i32) (param $bias i32) (param $min f32)
    (local $from i32) (local $left i32) (local $four v128)
    (local.set $four (f32x4.splat (local.get $min)))
    (loop $next_row
      (local.set $from (local.get $bias))
      (local.set $left (local.get $columns))
      (block $fours_done
        (loop $next_four
          (br_if $fours_done (i32.lt_s (local.get $left) (i32.const 4)))
          (v128.store (local.get $at) (f32x4.max
            (f32x4.add (v128.load (local.get $at)) (v128.load (local.get $from)))
            (local.get $four)))
          (local.set $from (i32.add (local.get $from) (i32.const 16)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (local.set $left (i32.sub (local.get $left) (i32.const 4)))
          (br $next_four)))
      (block $done
        (loop $next_one
          (br_if $done (i32.eqz (local.get $left)))
          (f32.store (local.get $at) (f32.max
            (f32.add (f32.load (local.get $at)) (f32.load (local.get $from)))
            (local.get $min)))
          (local.set $from (i32.add (local.get $from) (i32.const 4)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (local.set $left (i32.sub (local.get $left) (i32.const 1)))
          (br $next_one)))
      (br_if $next_row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; One window of max pooling: in each channel, adds dy to dx at the first pixel with the maximum.
  ;; $x and $dx are the window's first pixel, $stride is the distance to its next line.
  (func (export "max_pool_gradient")
    (param $x i32) (param $dx i32) (param $y i32) (param $dy i32)
    (param $height i32) (param $width i32) (param $stride i32) (param $channels i32)
    (local $pixel i32)
    (local.set $pixel (i32.shl (local.get $channels) (i32.const 2)))
    (block $fours_done
      (loop $next_four
        (br_if $fours_done (i32.lt_s (local.get $channels) (i32.const 4)))
        (call $four_channels
          (local.get $x) (local.get $dx)
          (v128.load (local.get $y)) (v128.load (local.get $dy))
          (local.get $height) (local.get $width) (local.get $stride) (local.get $pixel))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $dx (i32.add (local.get $dx) (i32.const 16)))
        (local.set $y (i32.add (local.get $y) (i32.const 16)))
        (local.set $dy (i32.add (local.get $dy) (i32.const 16)))
        (local.set $channels (i32.sub (local.get $channels) (i32.const 4)))
        (br $next_four)))
    (block $done
      (loop $next_one
        (br_if $done (i32.eqz (local.get $channels)))
        (call $one_channel
          (local.get $x) (local.get $dx)
          (f32.load (local.get $y)) (f32.load (local.get $dy))
          (local.get $height) (local.get $width) (local.get $stride) (local.get $pixel))
        (local.set $x (i32.add (local.get $x) (i32.const 4)))
        (local.set $dx (i32.add (local.get $dx) (i32.const 4)))
        (local.set $y (i32.add (local.get $y) (i32.const 4)))
        (local.set $dy (i32.add (local.get $dy) (i32.const 4)))
        (local.set $channels (i32.sub (local.get $channels) (i32.const 1)))
        (br $next_one))))

  ;; $rest is the gradient that no pixel has received yet.
  (func $four_channels
    (param $x i32) (param $dx i32) (param $maximum v128) (param $rest v128)
    (param $height i32) (param $width i32) (param $stride i32) (param $pixel i32)
    (local $column i32) (local $offset i32) (local $at i32) (local $here v128)
    (loop $next_row
      (local.set $offset (i32.const 0))
      (local.set $column (local.get $width))
      (loop $next_column
        (local.set $here (f32x4.eq
          (local.get $maximum)
          (v128.load (i32.add (local.get $x) (local.get $offset)))))
        (local.set $at (i32.add (local.get $dx) (local.get $offset)))
        (v128.store (local.get $at) (f32x4.add
          (v128.load (local.get $at))
          (v128.and (local.get $rest) (local.get $here))))
        (local.set $rest (v128.andnot (local.get $rest) (local.get $here)))
        (local.set $offset (i32.add (local.get $offset) (local.get $pixel)))
        (br_if $next_column
          (local.tee $column (i32.sub (local.get $column) (i32.const 1)))))
      (local.set $x (i32.add (local.get $x) (local.get $stride)))
      (local.set $dx (i32.add (local.get $dx) (local.get $stride)))
      (br_if $next_row (local.tee $height (i32.sub (local.get $height) (i32.const 1))))))

  (func $one_channel
    (param $x i32) (param $dx i32) (param $maximum f32) (param $dy f32)
    (param $height i32) (param $width i32) (param $stride i32) (param $pixel i32)
    (local $column i32) (local $offset i32) (local $at i32)
    (loop $next_row
      (local.set $offset (i32.const 0))
      (local.set $column (local.get $width))
      (loop $next_column
        (if (f32.eq
          (local.get $maximum)
          (f32.load (i32.add (local.get $x) (local.get $offset))))
          (then
            (local.set $at (i32.add (local.get $dx) (local.get $offset)))
            (f32.store (local.get $at) (f32.add (f32.load (local.get $at)) (local.get $dy)))
            (return)))
        (local.set $offset (i32.add (local.get $offset) (local.get $pixel)))
        (br_if $next_column
          (local.tee $column (i32.sub (local.get $column) (i32.const 1)))))
      (local.set $x (i32.add (local.get $x) (local.get $stride)))
      (local.set $dx (i32.add (local.get $dx) (local.get $stride)))
      (br_if $next_row (local.tee $height (i32.sub (local.get $height) (i32.const 1)))))))
