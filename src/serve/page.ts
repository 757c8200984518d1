/** The files of the page, by path. */
export const PAGE_FILES: Readonly<
  Record<string, { readonly type: string; readonly body: string | Uint8Array }>
> = {
  "/": {
    type: "text/html; charset=utf-8",
    body:
      '<!doctype html><html lang="en"><meta charset="utf-8"><title>Digit reader</title><p>Send a picture to <code>POST /classify</code>; see <a href="/openapi.json">openapi.json</a>.',
  },
};
