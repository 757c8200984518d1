/** A place on a sheet: 0 to 1 from left to right and from top to bottom. */
export type Point = readonly [x: number, y: number];

/** Where a pen went between being put down and being lifted; at least one point. */
export type Stroke = Point[];
