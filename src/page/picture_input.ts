import { button, element } from "./elements.ts";

/**
 * Takes pictures that are chosen, dropped anywhere on the page, or pasted.
 *
 * @param onPicture Told of each file.
 */
export function takePictures(onPicture: (file: File) => void): void {
  const input = element("file", HTMLInputElement);
  button("open", () => input.click());
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    // The same file may be chosen again.
    if (file) onPicture(file);
    input.value = "";
  });
  document.addEventListener("paste", ({ clipboardData }) => {
    const file = clipboardData?.files[0];
    if (file) onPicture(file);
  });
  const { body } = document;
  const mark = (isOver: boolean) => body.classList.toggle("over", isOver);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(event.dataTransfer?.types.includes("Files") ?? false);
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) mark(false);
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    const file = event.dataTransfer?.files[0];
    if (file) onPicture(file);
  });
}
