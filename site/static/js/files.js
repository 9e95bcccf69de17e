/* Chosen files: a small picture, name and size of each at once; while they are sent the button says so. */
(() => {
  "use strict";

  const SIDE = 96;
  const MEGABYTE = 1024 * 1024;
  const MEGABYTES = { style: "unit", unit: "megabyte", maximumFractionDigits: 1 };
  const size = (bytes) => (bytes / MEGABYTE).toLocaleString(document.documentElement.lang, MEGABYTES);

  const draw = async (file, canvas) => {
    try {
      const picture = await createImageBitmap(file, { resizeHeight: SIDE, resizeQuality: "medium" });
      canvas.width = picture.width;
      canvas.height = picture.height;
      canvas.getContext("2d").drawImage(picture, 0, 0);
    } catch {
      canvas.remove(); // a PDF, or a picture that this browser cannot read: its name is enough
    }
  };

  const show = (input) => {
    const box = input.closest(".field");
    box.querySelector("[data-chosen]")?.remove();
    if (!input.files.length) return;
    const list = document.createElement("ul");
    list.className = "rows chosen-files";
    list.dataset.chosen = "";
    for (const file of input.files) {
      const row = document.createElement("li");
      const canvas = document.createElement("canvas");
      canvas.setAttribute("aria-hidden", "true");
      const words = document.createElement("span");
      words.textContent = `${file.name}, ${size(file.size)}`;
      row.append(canvas, words);
      list.append(row);
      draw(file, canvas);
    }
    box.append(list);
  };

  for (const input of document.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => show(input));
  }

  document.addEventListener("submit", (event) => {
    const { sendingText } = event.target.dataset;
    const hasFiles = [...event.target.querySelectorAll("input[type=file]")].some((input) => input.files.length);
    if (event.defaultPrevented || !sendingText || !hasFiles) return;
    const button = event.target.querySelector("button[type=submit]");
    button.textContent = sendingText;
    button.setAttribute("aria-live", "polite");
  });
})();
