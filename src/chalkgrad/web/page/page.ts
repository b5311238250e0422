// The page's script: it moves what is already there and makes nothing. One concern a file.
import { contents } from "./contents";
import { enter } from "./enter";
import { find } from "./find";
import { link } from "./link";
import { live } from "./live";
import { only } from "./only";
import { open } from "./open";
import { orders } from "./orders";
import { reach } from "./reach";
import { recallTheme, theme } from "./theme";
import { training } from "./training";
import { unpack } from "./unpack";
import { walk } from "./walk";

recallTheme(); // before the body is painted

document.addEventListener("DOMContentLoaded", () => {
  theme();
  only(new URLSearchParams(location.search).get("only"));
  unpack(document);
  document.querySelectorAll<HTMLElement>(".card").forEach((card) => {
    open(card);
    orders(card);
  });
  document.querySelectorAll<HTMLElement>(".face").forEach((face) => {
    enter(face);
    link(face);
    walk(face);
  });
  document.querySelectorAll<HTMLElement>(".card").forEach(live);
  document.querySelectorAll<HTMLElement>(".training").forEach(training);
  find();
  contents();
  reach(document);
});
