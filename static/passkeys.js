"use strict";
// A form with data-passkey asks the browser for a passkey first and sends what it gave.
document.querySelectorAll("form[data-passkey]").forEach((form) => {
  const said = form.querySelector("[data-passkey-said]");
  const able = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON;
  const ask = async () => {
    const { publicKey } = JSON.parse(document.getElementById("passkey-options").textContent);
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
      : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!able) {
      said.textContent = said.dataset.tooOld;
      return;
    }
    said.textContent = "";
    try {
      form.elements.credential.value = JSON.stringify((await ask()).toJSON());
      form.submit();
    } catch (error) {
      said.textContent = error.name === "InvalidStateError" ? said.dataset.known : said.dataset.none;
    }
  });
});
