;; Warps a square RGB image by an affine map: bilinear, with the nearest pixel outside.
;;
;; This is the innermost loop of the article's augmentation. SIMD weights eight bytes (two neighboring
;; pixels) at once, which is several times as fast as JavaScript and as TensorFlow's own kernel on a
;; processor.
;;
;; tests/data/augment/compile_warp.ts compiles this file to warp.wasm, and a test compares the two.
(module
  ;; The caller puts the image at address 0, followed by one more row and 8 bytes of any content. The
  ;; result is written elsewhere and needs 1 spare byte after it.
  (memory (export "memory") 1)

  (func (export "warp")
    (param $to i32)      ;; address of the result
    (param $size i32)    ;; side in pixels
    ;; The position in the image of the result's first pixel, and the steps (x, y) to the next column
    ;; and to the next row: in pixels, times 65536.
    (param $x0 i32) (param $y0 i32)
    (param $columnX i32) (param $columnY i32)
    (param $rowX i32) (param $rowY i32)
    (local $stride i32) (local $last i32)
    (local $row i32) (local $column i32)
    (local $x i32) (local $y i32)
    (local $insideX i32) (local $insideY i32)
    (local $from i32)
    (local $weights v128)
    (local $pairs v128)
    (local $above v128) (local $below v128)

    (local.set $stride (i32.mul (local.get $size) (i32.const 3)))
    (local.set $last (i32.shl (i32.sub (local.get $size) (i32.const 1)) (i32.const 16)))
    ;; Turns bytes r g b r g b into pairs of 16-bit numbers: red and red, green and green, blue and blue.
    (local.set $pairs
      (v128.const i8x16 0 0x80 3 0x80 1 0x80 4 0x80 2 0x80 5 0x80 0x80 0x80 0x80 0x80))

    (loop $rows
      (local.set $x (local.get $x0))
      (local.set $y (local.get $y0))
      (local.set $column (i32.const 0))
      (loop $columns
        ;; Clamp to the image. On its last column and row the fractions are zero, so that the bytes read
        ;; past them have weight 0.
        (local.set $insideX (select (i32.const 0) (local.get $x) (i32.lt_s (local.get $x) (i32.const 0))))
        (local.set $insideX
          (select (local.get $last) (local.get $insideX) (i32.gt_s (local.get $insideX) (local.get $last))))
        (local.set $insideY (select (i32.const 0) (local.get $y) (i32.lt_s (local.get $y) (i32.const 0))))
        (local.set $insideY
          (select (local.get $last) (local.get $insideY) (i32.gt_s (local.get $insideY) (local.get $last))))
        (local.set $from
          (i32.add
            (i32.mul (i32.shr_u (local.get $insideY) (i32.const 16)) (local.get $stride))
            (i32.mul (i32.shr_u (local.get $insideX) (i32.const 16)) (i32.const 3))))

        ;; Two 16-bit weights, which add up to 2^14, for the left and the right pixel.
        (local.set $insideX (i32.and (i32.shr_u (local.get $insideX) (i32.const 2)) (i32.const 0x3fff)))
        (local.set $weights
          (i32x4.splat
            (i32.or
              (i32.shl (local.get $insideX) (i32.const 16))
              (i32.sub (i32.const 0x4000) (local.get $insideX)))))

        ;; Interpolate within the row above and the row below: 8-bit colors times 2^8.
        (local.set $above
          (i32x4.shr_u
            (i32x4.dot_i16x8_s
              (i8x16.swizzle (v128.load64_zero (local.get $from)) (local.get $pairs))
              (local.get $weights))
            (i32.const 6)))
        (local.set $below
          (i32x4.shr_u
            (i32x4.dot_i16x8_s
              (i8x16.swizzle
                (v128.load64_zero (i32.add (local.get $from) (local.get $stride)))
                (local.get $pairs))
              (local.get $weights))
            (i32.const 6)))

        ;; Interpolate between the rows: above · 2^14 + (below - above) · fraction, rounded to 8 bits.
        (local.set $above
          (i32x4.shr_u
            (i32x4.add
              (i32x4.add
                (i32x4.shl (local.get $above) (i32.const 14))
                (i32x4.mul
                  (i32x4.sub (local.get $below) (local.get $above))
                  (i32x4.splat
                    (i32.and (i32.shr_u (local.get $insideY) (i32.const 2)) (i32.const 0x3fff)))))
              (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
            (i32.const 22)))

        ;; Store four bytes; the next pixel overwrites the fourth.
        (local.set $above (i16x8.narrow_i32x4_s (local.get $above) (local.get $above)))
        (i32.store (local.get $to)
          (i32x4.extract_lane 0 (i8x16.narrow_i16x8_u (local.get $above) (local.get $above))))

        (local.set $to (i32.add (local.get $to) (i32.const 3)))
        (local.set $x (i32.add (local.get $x) (local.get $columnX)))
        (local.set $y (i32.add (local.get $y) (local.get $columnY)))
        (local.set $column (i32.add (local.get $column) (i32.const 1)))
        (br_if $columns (i32.lt_u (local.get $column) (local.get $size))))
      (local.set $x0 (i32.add (local.get $x0) (local.get $rowX)))
      (local.set $y0 (i32.add (local.get $y0) (local.get $rowY)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $size))))))
