// On the log-in page: nobody is logged in, so no page stays readable on this device. Whoever's access was revoked
// leaves nothing at all; what others wait to send stays theirs.
"use strict";

(async (gone) => {
  if (!("indexedDB" in window)) return;
  await SongheStore.clear("pages");
  if (gone) await SongheStore.wipe(gone);
})(document.currentScript.dataset.revoked);
