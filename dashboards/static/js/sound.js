// A short sound for new high alerts. Off until somebody switches it on; the choice is remembered on this machine.

const SETTING = "rw_sound";
const QUIET_MS = 1500; // many at once are one sound
const NOTES_HZ = [880, 1174.7];
const NOTE_SECONDS = 0.14;
const LOUDNESS = 0.12;

export class Sound {
  #context = null;
  #last = 0;

  constructor() {
    // A browser lets a page sound only after somebody has used it.
    for (const name of ["keydown", "pointerdown"]) addEventListener(name, () => this.isOn && this.#ready(), { passive: true });
  }

  get isOn() {
    return localStorage.getItem(SETTING) === "on";
  }

  toggle() {
    localStorage.setItem(SETTING, this.isOn ? "off" : "on");
    if (this.isOn) this.play();
  }

  play(now = Date.now()) {
    if (!this.isOn || now - this.#last < QUIET_MS) return;
    this.#last = now;
    const context = this.#ready();
    NOTES_HZ.forEach((hertz, at) => note(context, hertz, context.currentTime + at * NOTE_SECONDS));
  }

  #ready() {
    this.#context ??= new AudioContext();
    if (this.#context.state === "suspended") this.#context.resume().catch(() => {});
    return this.#context;
  }
}

function note(context, hertz, start) {
  const tone = new OscillatorNode(context, { frequency: hertz });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(LOUDNESS, start);
  volume.gain.exponentialRampToValueAtTime(0.001, start + NOTE_SECONDS);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + NOTE_SECONDS);
}
