import { useLocalStorage } from "@mantine/hooks";

/** Calls to score one after the other, kept in this browser. */
export interface Queue {
  scorecard: string;
  calls: readonly string[];
  done: readonly string[];
}

/** The first call after this one that isn't done, from the beginning again; null: none is left. */
export function nextCall(queue: Queue, now: string): string | null {
  const at = queue.calls.indexOf(now);
  const order = [...queue.calls.slice(at + 1), ...queue.calls.slice(0, Math.max(at, 0))];
  return order.find((call) => call !== now && !queue.done.includes(call)) ?? null;
}

export const withDone = (queue: Queue, call: string): Queue =>
  queue.done.includes(call) || !queue.calls.includes(call)
    ? queue
    : { ...queue, done: [...queue.done, call] };

/** Without a call that somebody doesn't want to score. */
export const without = (queue: Queue, call: string): Queue => ({
  ...queue,
  calls: queue.calls.filter((one) => one !== call),
  done: queue.done.filter((one) => one !== call),
});

export function useQueue(person: string) {
  const [queue, setQueue, endQueue] = useLocalStorage<Queue | null>({
    key: `voxdesk-score-queue-${person}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  });
  return { queue, setQueue, endQueue };
}
