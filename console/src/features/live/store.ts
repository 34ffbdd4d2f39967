import { api, ApiError, type Schemas } from "../../shared/api";

export type LiveCall = Schemas["LiveCallOut"];
export type Day = Schemas["DayOut"];
export type Alarm = Schemas["AlarmOut"];
type State = Schemas["StateOut"];
type Patch = Partial<LiveCall> & { id: string };

/** What the page knows; a new object whenever something changed. */
export interface Picture {
  calls: ReadonlyMap<string, LiveCall>;
  day: Day | null;
  alarms: readonly Alarm[];
  state: State;
  /** "over": the session has ended, or somebody may not see this any more. */
  link: "connecting" | "live" | "lost" | "over";
}

const NOTHING: Picture = {
  calls: new Map(),
  day: null,
  alarms: [],
  state: { engine: "away", database: "there" },
  link: "connecting",
};
/** Two heartbeats of the server, and some. */
export const SILENT_AT_MOST_MS = 25_000;
const TRY_AGAIN_MS = 2_000;

/** The picture after an event of the stream; unknown events change nothing. */
export function after(picture: Picture, name: string, body: unknown): Picture {
  switch (name) {
    case "snapshot": {
      const all = body as Schemas["LiveOut"];
      return {
        calls: new Map(all.calls.map((call) => [call.id, call])),
        day: all.numbers,
        alarms: all.alarms,
        state: all.state,
        link: "live",
      };
    }
    case "calls": {
      const { changed, gone } = body as { changed: Patch[]; gone: string[] };
      const calls = new Map(picture.calls);
      for (const patch of changed) {
        const before = calls.get(patch.id);
        // A part of a call that was never here whole: it has ended, and comes late.
        if (before ?? "stage" in patch) calls.set(patch.id, { ...before, ...patch } as LiveCall);
      }
      for (const id of gone) calls.delete(id);
      return { ...picture, calls, link: "live" };
    }
    case "state":
      return { ...picture, state: body as State, link: "live" };
    case "numbers":
      return { ...picture, day: body as Day, link: "live" };
    case "alarms":
      return { ...picture, alarms: body as Alarm[], link: "live" };
    case "over":
      return { ...NOTHING, link: "over" }; // whoever sits here now may be somebody else
    default:
      return picture.link === "live" ? picture : { ...picture, link: "live" };
  }
}

/** Follows the stream while somebody looks; tells at most once a frame. */
export class LiveStore {
  private picture = NOTHING;
  private readonly listeners = new Set<() => void>();
  private source: EventSource | null = null;
  private frame = 0;
  private heardAt = 0;
  private watch: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly address: string) {}

  readonly read = (): Picture => this.picture;

  readonly subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    if (this.listeners.size === 1) this.open();
    return () => {
      this.listeners.delete(tell);
      if (this.listeners.size > 0) return;
      this.close();
      this.picture = NOTHING; // the next who looks may be somebody else
    };
  };

  /** Somebody has signed in again: begin anew, with what they may see. */
  readonly again = (): void => {
    if (this.listeners.size === 0 || this.picture.link !== "over") return;
    this.put(NOTHING);
    this.open();
  };

  private open(): void {
    this.close();
    this.heardAt = Date.now();
    const source = new EventSource(this.address);
    this.source = source;
    for (const name of ["snapshot", "calls", "state", "numbers", "alarms", "over", "beat"])
      source.addEventListener(name, (event: MessageEvent<string>) => this.take(name, event.data));
    source.onerror = () => this.lost();
    this.watch = setInterval(() => this.look(), TRY_AGAIN_MS);
  }

  private close(): void {
    clearInterval(this.watch);
    this.source?.close();
    this.source = null;
  }

  private take(name: string, data: string): void {
    this.heardAt = Date.now();
    this.put(after(this.picture, name, JSON.parse(data)));
    if (name !== "over") return;
    this.source?.close();
    void this.ask();
  }

  private lost(): void {
    if (this.picture.link === "live") this.put({ ...this.picture, link: "lost" });
  }

  /** Browsers give up after some answers, and don't see a connection that only went silent. */
  private look(): void {
    const isSilent = Date.now() - this.heardAt > SILENT_AT_MOST_MS;
    if (this.source?.readyState !== EventSource.CLOSED && !isSilent) return;
    this.lost();
    this.heardAt = Date.now();
    void this.ask();
  }

  /** A stream doesn't say why it was refused; whoever asks for the session is told. */
  private async ask(): Promise<void> {
    try {
      await api.GET("/api/v1/session");
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) return; // looked at again soon
      this.close();
      this.put({ ...NOTHING, link: "over" });
      return;
    }
    if (this.listeners.size > 0) this.open();
  }

  private put(picture: Picture): void {
    this.picture = picture;
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.listeners.forEach((tell) => tell());
    });
  }
}

export const store = new LiveStore("/api/v1/live/events");
