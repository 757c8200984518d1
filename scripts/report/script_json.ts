/**
 * A value as JSON that can stand in a `<script>`: no `<` in it could end the element or begin a comment.
 *
 * @param value Plain data.
 * @returns The JSON.
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
