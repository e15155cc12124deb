// The visitor this phone belongs to, what is known of them, and their newest picture.
import { api, useToken, whenRejected, Refused } from "./api.js";
import { fetchPicture } from "./pictures.js";
import { countWaiting, sendWaiting } from "./picks.js";
import { forgetAll, load, save } from "./store.js";
import { Updates } from "./updates.js";
import { language } from "./words.js";

class Session extends EventTarget {
  /** token, visitorId, event, recoveryCode; null when nobody has joined. */
  visitor = null;
  profile = null;
  images = [];
  update = null;
  /** blob, version, imageId of the newest picture that arrived. */
  picture = null;
  isReached = navigator.onLine;
  waiting = 0;
  #updates = new Updates((update) => this.#take(update), (isReached) => this.#reach(isReached));
  #loading = new AbortController();
  // Of refreshing: the last one begun, and the one whose answer is known.
  #turn = 0;
  #known = 0;

  get event() { return this.profile?.event ?? this.visitor?.event; }

  get held() { return new Set(this.profile?.palettesHeld ?? []); }

  get selected() { return this.images.find((image) => image.selected); }

  get palettes() { return this.selected?.palettes ?? []; }

  get isComplete() { return this.profile !== null && this.held.size === this.event.paletteCount; }

  /** What the phone remembers; before the network has said anything. */
  async open() {
    whenRejected(() => this.#end("rejected"));
    this.visitor = (await load("visitor")) ?? null;
    if (!this.visitor) return;
    Object.assign(this, (await load("seen")) ?? {});
    this.picture = (await load("picture")) ?? null;
    this.waiting = await countWaiting();
    this.#follow();
  }

  async begin(visitor) {
    // Who was here before is somebody else, with another code and another picture.
    await this.#forget();
    this.visitor = visitor;
    await save("visitor", visitor);
    // Phones throw away what seems unimportant; this asks them not to.
    navigator.storage?.persist?.().catch(() => {});
    this.#follow();
  }

  async erase() {
    await api.erase();
    await this.#end("erased");
  }

  async select(imageId) {
    await api.select(imageId);
    this.images = this.images.map((image) => ({ ...image, selected: image.imageId === imageId }));
    this.update = { ...this.update, state: "painting" };
    this.#tell("change");
  }

  /** Palettes and pictures as the API knows them now. */
  async refresh() {
    const turn = ++this.#turn;
    const visitor = this.visitor;
    const [profile, images] = await Promise.all([api.me(), api.images()]);
    // Answers may overtake each other, and come after the visitor has gone.
    if (turn < this.#known || visitor !== this.visitor) return;
    this.#known = turn;
    Object.assign(this, { profile, images });
    await save("seen", { profile, images, update: this.update });
    this.#tell("change");
  }

  async countWaiting() {
    this.waiting = await countWaiting();
    this.#tell("change");
  }

  #follow() {
    useToken(this.visitor.token);
    this.#updates.start(this.picture ? this.update?.version ?? -1 : -1);
    this.#send();
  }

  async #take(update) {
    const visitor = this.visitor;
    this.update = update;
    this.#tell("change");
    try {
      await this.refresh();
      if (visitor !== this.visitor) return;
      if (!["none", "developing"].includes(update.state)) await this.#loadPicture(update);
    } catch (error) {
      if (error.name !== "AbortError" && visitor === this.visitor) this.#updates.start(update.version - 1);
    }
  }

  async #loadPicture(update) {
    // A newer picture is worth waiting for; the one before is not any more.
    this.#loading.abort();
    const loading = this.#loading = new AbortController();
    const had = this.picture;
    if (had?.version >= update.version || (had && update.state === "failed")) return;
    if (had && had.imageId === update.selectedImageId && update.state === "painting") return;
    let picture;
    try {
      picture = await fetchPicture("selected", { rendition: "view" }, { signal: loading.signal });
    } catch (error) {
      if (loading.signal.aborted || error instanceof Refused) return;
      throw error;
    }
    if (loading.signal.aborted) return;
    this.picture = { ...picture, imageId: update.selectedImageId };
    await save("picture", this.picture);
    this.#tell("picture");
  }

  #reach(isReached) {
    if (isReached && this.waiting) this.#send();
    if (isReached === this.isReached) return;
    this.isReached = isReached;
    this.#tell("change");
  }

  #sending = null;

  async #send() {
    if (this.#sending) return;
    this.#sending = sendWaiting();
    const results = await this.#sending.finally(() => { this.#sending = null; });
    if (!results.length) return;
    await this.countWaiting();
    this.#tell("sent", results);
  }

  async #end(reason) {
    await this.#forget();
    this.#tell("end", reason);
  }

  async #forget() {
    this.#updates.stop();
    this.#loading.abort();
    useToken(null);
    Object.assign(this, { visitor: null, profile: null, images: [], update: null, picture: null, waiting: 0 });
    const spoken = language();
    await forgetAll();
    await save("language", spoken);
  }

  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}

export const session = new Session();
