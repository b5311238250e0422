// What only the script can bring to light comes packed, a tenth of its size: walks, and pictures for narrow screens.
import { inflate } from "./inflate";

export const unpack = (within: ParentNode): void =>
  within.querySelectorAll<HTMLScriptElement>("script.packed").forEach((script) => {
    const bytes = Uint8Array.from(atob(script.textContent ?? ""), (c) => c.charCodeAt(0));
    const html = new TextDecoder().decode(inflate(bytes, Number(script.dataset["size"])));
    script.insertAdjacentHTML("beforebegin", html);
    script.remove();
  });
