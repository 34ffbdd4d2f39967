// Plays what arrives. A small buffer evens out the network; what has piled up in it is played a
// little faster, and what is far too late is left out: nothing that comes late stays as delay.
const SPARE_S = 0.08; // so much should be left in it even when the network was at its worst
const SPARE_AT_MOST_S = 0.32;
const MORE_S = 0.08; // after a gap
const LESS_S = 0.002; // after each second without one
const NEAR_S = 0.04; // as near to it is well enough
const AHEAD_S = 0.12; // so much more must be there before anything is heard
const MOST_S = 0.7;
const FADE_S = 0.005; // no click where the sound begins, breaks off or leaves something out
const LOOK_S = 1; // how long "at its worst" looks back
const FASTEST = 0.05; // nobody hears a change of speed this small
const SLOWEST = -0.02;

class LivePlayer extends AudioWorkletProcessor {
  constructor() {
    super();
    this.size = Math.ceil(4 * sampleRate);
    this.ring = new Int16Array(2 * this.size);
    this.written = 0; // frames since the beginning
    this.at = 0; // may lie between two frames
    this.plays = false;
    this.gain = 0;
    this.least = Infinity;
    this.looked = 0;
    this.speed = 1;
    this.spare = SPARE_S;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take(samples) {
    for (let from = 0; from < samples.length; from += 2) {
      const to = 2 * (this.written++ % this.size);
      this.ring[to] = samples[from];
      this.ring[to + 1] = samples[from + 1];
    }
    if (this.written - this.at > MOST_S * sampleRate) {
      this.at = this.written - (this.spare + AHEAD_S) * sampleRate;
      this.gain = 0;
    }
  }

  /** The buffer grows where the network is uneven, and shrinks where it isn't. */
  look(frames) {
    this.least = Math.min(this.least, this.written - this.at);
    this.looked += frames;
    if (this.looked < LOOK_S * sampleRate) return;
    const over = this.least / sampleRate - this.spare;
    this.speed = 1 + Math.max(SLOWEST, Math.min(FASTEST, Math.abs(over) < NEAR_S ? 0 : over / 5));
    this.spare = Math.max(SPARE_S, this.spare - LESS_S);
    this.looked = 0;
    this.least = Infinity;
  }

  process(_inputs, [output]) {
    const [left, right] = output;
    const fade = FADE_S * sampleRate;
    if (!this.plays) {
      this.plays = this.written - this.at >= (this.spare + AHEAD_S) * sampleRate;
      this.gain = 0;
      this.looked = 0;
      this.least = Infinity;
    }
    if (!this.plays) return true;
    for (let frame = 0; frame < left.length; frame++) {
      const ahead = this.written - this.at;
      if (ahead < 2) {
        this.plays = false;
        this.spare = Math.min(SPARE_AT_MOST_S, this.spare + MORE_S);
        return true;
      }
      const wanted = ahead > fade ? 1 : ahead / fade;
      this.gain = wanted < this.gain ? wanted : Math.min(wanted, this.gain + 1 / fade);
      const first = Math.floor(this.at);
      const share = this.at - first;
      const here = 2 * (first % this.size);
      const next = 2 * ((first + 1) % this.size);
      const scale = this.gain / 32768;
      left[frame] = (this.ring[here] * (1 - share) + this.ring[next] * share) * scale;
      if (right)
        right[frame] = (this.ring[here + 1] * (1 - share) + this.ring[next + 1] * share) * scale;
      this.at += this.speed;
    }
    this.look(left.length);
    return true;
  }
}

registerProcessor("live-player", LivePlayer);
