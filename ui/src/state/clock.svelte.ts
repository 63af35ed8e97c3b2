/** The time of day, moving slowly enough to cost nothing. */
export class Clock {
  now = $state(0);
  readonly #read: () => number;

  constructor(read: () => number) {
    this.#read = read;
    this.now = read();
  }

  start(): () => void {
    const timer = setInterval(() => (this.now = this.#read()), 15_000);
    return () => clearInterval(timer);
  }
}
