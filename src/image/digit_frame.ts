/** Columns and rows of the picture that the network reads; MNIST's. */
export const DIGIT_SIDE = 28;

/** Columns and rows of the box inside it that the ink of a digit fills; MNIST's. */
export const DIGIT_BOX = 20;

/** Where the ink's centre of mass is put, in columns and rows counted from 0; MNIST's. */
export const DIGIT_CENTRE = 14;
