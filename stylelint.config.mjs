// The conventions of the style sheets. `make check` runs this.
const word = "[a-z][a-z0-9]*(-[a-z0-9]+)*";
const part = "[a-z0-9]+(-[a-z0-9]+)*";
const bem = `${word}(__${part})?(--${part})?`;
const modeladmin = "field-[a-z_]+"; // cells of wagtail-modeladmin's lists: named by the field

// Colours are custom properties of tokens.css, so that both themes and large contrast change them in one place.
const colours = {
  "color-named": "never",
  "color-no-hex": true,
  "function-disallowed-list": [["rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch"]],
};
const withoutColourRules = Object.fromEntries(Object.keys(colours).map((rule) => [rule, null]));

export default {
  extends: "stylelint-config-standard",
  plugins: ["@stylistic/stylelint-plugin"],
  reportDescriptionlessDisables: true,
  reportNeedlessDisables: true,
  rules: {
    ...colours,
    "selector-class-pattern": [`^(${bem}|${modeladmin})$`, { message: "Name classes block__element--modifier" }],
    "selector-max-id": 0,
    "declaration-no-important": true,
    // min-width: browsers of phones older than 2022 do not know (width >= 700px).
    "media-feature-range-notation": "prefix",
    // Blocks of one file stand by subject, not by weight.
    "no-descending-specificity": null,
    // Groups of custom properties are parted by empty lines.
    "custom-property-empty-line-before": null,
    "value-keyword-case": ["lower", { ignoreProperties: ["/^--font/", "font-family"] }],
    "property-no-vendor-prefix": [true, { ignoreProperties: ["-webkit-text-size-adjust"] }],
    "@stylistic/block-opening-brace-newline-after": "always",
    "@stylistic/block-closing-brace-newline-before": "always",
    "@stylistic/block-closing-brace-newline-after": "always",
    "@stylistic/block-opening-brace-space-before": "always",
    "@stylistic/declaration-block-semicolon-newline-after": "always",
    "@stylistic/declaration-block-trailing-semicolon": "always",
    "@stylistic/declaration-colon-space-after": "always-single-line",
    "@stylistic/declaration-colon-space-before": "never",
    "@stylistic/indentation": 2,
    "@stylistic/max-empty-lines": 1,
    "@stylistic/no-eol-whitespace": true,
    "@stylistic/no-missing-end-of-source-newline": true,
    "@stylistic/number-leading-zero": "always",
    "@stylistic/selector-list-comma-newline-after": "always",
    "@stylistic/string-quotes": "double",
  },
  overrides: [
    {
      // Where colours are declared: the site's tokens, the office's beside Wagtail's own, and paper, black on white.
      files: ["**/tokens.css", "**/admin-brand.css", "**/print.css", "**/weak-sight.css"],
      rules: withoutColourRules,
    },
    {
      // The demo bank is another company's site with a look of its own.
      files: ["**/demo-bank.css"],
      rules: withoutColourRules,
    },
    {
      // Helpers that win over any block (hidden, only on phones, no motion), and lists over wagtail-modeladmin's own.
      files: ["**/base.css", "**/print.css", "**/admin-lists.css"],
      rules: { "declaration-no-important": null },
    },
    {
      // xhtml2pdf's dialect: @frame inside @page, no custom properties, four values in a shorthand.
      files: ["templates/pdf/*.css"],
      rules: {
        ...withoutColourRules,
        "at-rule-descriptor-no-unknown": null,
        "at-rule-no-unknown": [true, { ignoreAtRules: ["frame"] }],
        "font-family-no-missing-generic-family-keyword": null,
        "shorthand-property-no-redundant-values": null,
      },
    },
  ],
};
