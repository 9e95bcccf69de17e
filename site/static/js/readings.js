/* Consumption while a reading is typed. The server judges; without a script the same is said after sending. */
(() => {
  "use strict";

  const round = (number, digits) =>
    number.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits });

  const parse = (text) => {
    const plain = text.replace(/\s/g, "").replace(",", ".");
    return /^\d+(\.\d{1,3})?$/.test(plain) ? Number(plain) : null;
  };

  const say = (input) => {
    const output = document.getElementById(`${input.id}_live`);
    const value = parse(input.value);
    let text = "";
    if (value !== null) {
      const { previous, usual } = input.dataset;
      const volume = value - Number(previous);
      // Digits typed so far say nothing: «4» of «424» is not lower.
      const sameLength = Math.trunc(value).toString().length >= Math.trunc(Number(previous)).toString().length;
      if (volume >= 0) {
        text = output.dataset.volume.replace("{volume}", round(volume, 3));
        if (usual) text += `, ${output.dataset.usually.replace("{usual}", round(Number(usual), 1))}`;
      } else if (sameLength) {
        text = output.dataset.lower;
      }
    }
    output.textContent = text;
  };

  for (const input of document.querySelectorAll("input[data-reading]")) {
    input.addEventListener("input", () => say(input));
    if (input.value) say(input);
  }
})();
