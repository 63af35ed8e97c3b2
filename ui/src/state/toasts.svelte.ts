import { asFailure } from "../host";
import { adviceFor } from "../advice";

export interface Toast {
  id: number;
  tone: "done" | "failed";
  message: string;
  advice: string | null;
}

const SECONDS = { done: 5, failed: 12 };

/** Short messages about what the user has just done. */
export class Toasts {
  list = $state<Toast[]>([]);
  #last = 0;

  done(message: string) {
    this.#show({ id: ++this.#last, tone: "done", message, advice: null });
  }

  failed(thrown: unknown) {
    const failure = asFailure(thrown);
    this.#show({
      id: ++this.#last,
      tone: "failed",
      message: failure.message,
      advice: adviceFor(failure.code),
    });
  }

  dismiss(id: number) {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #show(toast: Toast) {
    this.list = [...this.list.slice(-2), toast];
    setTimeout(() => this.dismiss(toast.id), SECONDS[toast.tone] * 1000);
  }
}
