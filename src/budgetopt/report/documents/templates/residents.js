"use strict";
// The page is whole without this: it lets a reader pick a district.
(() => {
  const parts = [...document.querySelectorAll("#district > details.part")];
  const choice = document.getElementById("choice");
  if (choice && parts.length > 1) {
    const place = document.getElementById("place");
    parts.forEach((part, at) => place.append(new Option(part.querySelector("h4").textContent, String(at))));
    place.addEventListener("change", () => {
      const chosen = place.value;
      parts.forEach((part, at) => {
        part.hidden = chosen !== "" && chosen !== String(at);
        part.open = chosen === String(at);
      });
    });
    choice.hidden = false;
  }
})();
