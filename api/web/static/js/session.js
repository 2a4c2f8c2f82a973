// One reader's checks: files that were opened, whom they trust, and what was asked of them. A worker runs it, so that the
// page stays at hand meanwhile; where there are no workers, the page itself does. Nothing here asks the network.

import { Refusal } from "./bytes.js";
import { parseTrust } from "./note.js";
import { FILE_LIMIT, readSubjects, stepsOf, verifySubject } from "./subject.js";
import { PARTS, flipped, look, partsOf, pick } from "./tamper.js";

export class Session {
  trust = null;
  subjects = [];

  // Take a trust file's text, or none; {origin}, or null.
  async trusting({ text }) {
    this.trust = text === null ? null : await parseTrust(text);
    return this.trust && { origin: this.trust.origin };
  }

  // Files ([{name, blob}]) in the place of earlier ones: {subjects, left, trust}.
  async open({ files }) {
    const size = files.reduce((sum, { blob }) => sum + blob.size, 0);
    if (size > FILE_LIMIT) throw new Refusal("too-large", `${size} bytes, the limit is ${FILE_LIMIT}; evidence-verify reads larger files`);
    const read = await Promise.all(files.map(async ({ name, blob }) => ({ name, bytes: new Uint8Array(await blob.arrayBuffer()) })));
    const { subjects, left, trust } = await readSubjects(read);
    this.subjects = subjects;
    const described = subjects.map((subject) => ({ name: subject.name, kind: subject.kind, steps: stepsOf(subject) }));
    return { subjects: described, left, trust };
  }

  // Verify one of them, with `flip` ({piece, offset}) a copy with that byte changed. Each step, and how far a long one
  // has come, is told on the way; the answer is the verdict, as sentences.
  async check({ which, flip = null }, told) {
    const subject = flip ? flipped(this.subjects[which], flip) : this.subjects[which];
    const verification = verifySubject(subject, this.trust, (done, total) => told({ done, total }));
    let next = await verification.next();
    for (; !next.done; next = await verification.next()) told({ step: next.value });
    return next.value;
  }

  // What can be changed in one of them: its pieces, and the parts that it has.
  changeable({ which }) {
    const subject = this.subjects[which];
    const found = new Set(partsOf(subject).map(({ part }) => part));
    return { pieces: subject.pieces.map(({ name, bytes }) => ({ name, size: bytes.length })), parts: PARTS.filter((part) => found.has(part)) };
  }

  // A place in a part; null where there is none.
  pick({ which, part }) {
    return pick(this.subjects[which], part);
  }

  // What stands at a place, and what would stand there.
  look({ which, ...place }) {
    return look(this.subjects[which], place);
  }
}
