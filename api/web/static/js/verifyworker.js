// The worker that verifies: {id, what, given} in; {id, told} on the way, {id, answer} or {id, refusal} out.

import { refused } from "./grading.js";
import { Session } from "./session.js";

const session = new Session();

addEventListener("message", async ({ data: { id, what, given } }) => {
  try {
    const answer = await session[what](given, (told) => postMessage({ id, told }));
    postMessage({ id, answer });
  } catch (error) {
    postMessage({ id, refusal: refused(error) });
  }
});
