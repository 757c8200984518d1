/** A picture that is being taken: red, green and blue of each pixel, row by row, 0 to 255 or a little beyond. */
export interface Photo {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}
