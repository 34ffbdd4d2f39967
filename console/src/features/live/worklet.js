// Plays what arrives: a small buffer evens out the network, and never grows into delay.
const START_S = 0.2;
const MOST_S = 0.5;

class LivePlayer extends AudioWorkletProcessor {
  constructor() {
    super();
    this.pieces = [];
    this.at = 0;
    this.waiting = 0;
    this.plays = false;
    this.port.onmessage = ({ data }) => {
      this.pieces.push(data);
      this.waiting += data.length / 2;
      if (this.waiting > MOST_S * sampleRate) this.skip(this.waiting - START_S * sampleRate);
    };
  }

  skip(frames) {
    let left = Math.floor(frames);
    while (left > 0 && this.pieces.length) {
      const here = this.pieces[0].length / 2 - this.at;
      const gone = Math.min(here, left);
      this.at += gone;
      this.waiting -= gone;
      left -= gone;
      if (this.at >= this.pieces[0].length / 2) {
        this.pieces.shift();
        this.at = 0;
      }
    }
  }

  process(_inputs, [output]) {
    const [left, right] = output;
    this.plays ||= this.waiting >= START_S * sampleRate;
    if (this.plays && this.waiting < left.length) this.plays = false;
    if (!this.plays) return true;
    for (let frame = 0; frame < left.length; frame++) {
      const piece = this.pieces[0];
      left[frame] = piece[2 * this.at] / 32768;
      if (right) right[frame] = piece[2 * this.at + 1] / 32768;
      this.skip(1);
    }
    return true;
  }
}

registerProcessor("live-player", LivePlayer);
