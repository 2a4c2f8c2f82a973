// The page's end of a session (session.js): in a worker where there are workers, else right here.

import { refused } from "./grading.js";
import { Session } from "./session.js";

const POLICY = "ledger-verifier"; // the one Trusted Types policy that the page's own policy allows, once

// What a question came to nothing for: `said` is a sentence; `stopped` when somebody asked for something else instead.
export class Refused extends Error {
  constructor(said, stopped = false) {
    super(said?.template ?? "stopped");
    Object.assign(this, { said, stopped });
  }
}

export class Verifier {
  // `address` is that of verifyworker.js.
  constructor(address) {
    this.address = trusted(address);
    this.asked = new Map();
    this.last = 0;
    this.start();
  }

  start() {
    this.worker = null;
    this.session = null;
    try {
      this.worker = new Worker(this.address, { type: "module" });
      this.worker.onmessage = ({ data }) => this.hear(data);
      this.worker.onerror = (event) => this.fallBack(event);
    } catch {
      this.session = new Session();
    }
  }

  get isBusy() {
    return this.asked.size > 0;
  }

  // End what is being done; everything that was opened is forgotten.
  restart() {
    this.worker?.terminate();
    const waiting = [...this.asked.values()];
    this.asked.clear();
    this.start();
    for (const { reject } of waiting) reject(new Refused(null, true));
  }

  // Have the session do something; `told` hears of what comes on the way.
  ask(what, given = {}, told = () => {}) {
    const id = (this.last += 1);
    return new Promise((resolve, reject) => {
      this.asked.set(id, { resolve, reject, told, what, given });
      if (this.worker) this.worker.postMessage({ id, what, given });
      else this.answerHere(id);
    });
  }

  hear({ id, told, answer, refusal }) {
    const waiting = this.asked.get(id);
    if (!waiting) return; // it was stopped
    if (told !== undefined) return void waiting.told(told);
    this.asked.delete(id);
    this.hasAnswered = true;
    if (refusal) waiting.reject(new Refused(refusal));
    else waiting.resolve(answer);
  }

  async answerHere(id) {
    const { what, given } = this.asked.get(id);
    const { session } = this;
    try {
      const answer = await session[what](given, (told) => this.hear({ id, told }));
      this.hear({ id, answer });
    } catch (error) {
      this.hear({ id, refusal: refused(error) });
    }
  }

  // A worker that cannot be loaded: what was asked of it is done here.
  fallBack(event) {
    event.preventDefault();
    if (this.hasAnswered) return void this.restart();
    this.worker.terminate();
    Object.assign(this, { worker: null, session: new Session() });
    for (const id of this.asked.keys()) this.answerHere(id);
  }
}

function trusted(address) {
  if (!globalThis.trustedTypes) return address;
  const createScriptURL = (url) => {
    if (url !== address) throw new TypeError(`${url} is not the verifier's worker`);
    return url;
  };
  return trustedTypes.createPolicy(POLICY, { createScriptURL }).createScriptURL(address);
}
