import type { Component } from "./components.ts";

/** Pieces smaller than this share of the largest are specks: dust, noise, the dots of squared paper. */
const SPECK = 0.025;

/** How far from the rest a piece of the same digit may lie, as a share of the digit's longer side. */
const NEAR = 0.3;

/** A piece whose pixels lie this near to the sides of its box, as a share of the box, is a frame drawn around. */
const FRAME_EDGE = 0.1;

/** The share of its pixels that must. A 0 has fewer: its corners are round. */
const FRAME_SHARE = 0.95;

/**
 * Finds the pieces that are the digit: the largest, rather in the middle than cut by the edge of the picture, and what
 * lies close to it and is no speck. Frames around it, such as the boxes of a form, are left out.
 *
 * @param components All pieces of ink.
 * @param width Columns of the picture.
 * @param height Rows of the picture.
 * @returns The pieces of the digit; none when there is no ink.
 */
export function selectInk(
  components: readonly Component[],
  width: number,
  height: number,
): Component[] {
  const candidates = components.length > 1
    ? components.filter((component) => !isFrameOfAnother(component, components))
    : components;
  let main: Component | undefined;
  let best = 0;
  for (const component of candidates) {
    const score = component.area * (isCut(component, width, height) ? 0.25 : 1) *
      centrality(component, width, height);
    if (score > best) [main, best] = [component, score];
  }
  if (main === undefined) return [];
  const selected = [main];
  const box = { ...main };
  const isMainCut = isCut(main, width, height);
  let rest = candidates.filter((component) =>
    component !== main && component.area >= SPECK * main.area &&
    (isMainCut || !isCut(component, width, height))
  );
  // What has joined may be near to what has not: a broken line is taken up piece by piece.
  for (let joined = -1; joined !== selected.length;) {
    joined = selected.length;
    const reach = NEAR * Math.max(box.right - box.left + 1, box.bottom - box.top + 1);
    rest = rest.filter((component) => {
      if (gap(box, component) > reach) return true;
      selected.push(component);
      box.left = Math.min(box.left, component.left);
      box.right = Math.max(box.right, component.right);
      box.top = Math.min(box.top, component.top);
      box.bottom = Math.max(box.bottom, component.bottom);
      return false;
    });
  }
  return selected;
}

/** Whether a piece reaches the edge of the picture. */
function isCut({ left, top, right, bottom }: Component, width: number, height: number): boolean {
  return left === 0 || top === 0 || right === width - 1 || bottom === height - 1;
}

/** 1 in the middle, 0.5 in a corner. */
function centrality(
  { left, right, top, bottom }: Component,
  width: number,
  height: number,
): number {
  const x = (left + right + 1) / width - 1;
  const y = (top + bottom + 1) / height - 1;
  return 1 - 0.5 * Math.min(1, (x * x + y * y) / 2);
}

/** How far two boxes are apart. */
function gap(a: Component, b: Component): number {
  const x = Math.max(0, a.left - b.right - 1, b.left - a.right - 1);
  const y = Math.max(0, a.top - b.bottom - 1, b.top - a.bottom - 1);
  return Math.hypot(x, y);
}

function isFrameOfAnother(frame: Component, components: readonly Component[]): boolean {
  const { left, right, top, bottom, area, runs } = frame;
  const [width, height] = [right - left + 1, bottom - top + 1];
  if (area > 0.5 * width * height) return false;
  const holds = components.some((other) =>
    other !== frame && other.area > 0.05 * area && other.left > left && other.right < right &&
    other.top > top && other.bottom < bottom
  );
  if (!holds) return false;
  const [edgeX, edgeY] = [FRAME_EDGE * width, FRAME_EDGE * height];
  let outer = 0;
  for (let i = 0; i < runs.length; i += 3) {
    const [y, start, end] = [runs[i], runs[i + 1], runs[i + 2]];
    if (y < top + edgeY || y > bottom - edgeY) outer += end - start;
    else {
      outer += Math.max(0, Math.min(end, left + edgeX) - start);
      outer += Math.max(0, end - Math.max(start, right + 1 - edgeX));
    }
  }
  return outer >= FRAME_SHARE * area;
}
