import createClient, { type Middleware } from "openapi-fetch";

import type { components, paths } from "../api/schema";
import { languageNow } from "./texts";
import { told, type Told } from "./troubles";

export type Schemas = components["schemas"];

/** Why the API refused: `message` is for people, in the language of the page; `code` for us. */
export class ApiError extends Error {
  readonly code: string;
  constructor(
    /** 0: it was never answered. */
    readonly status: number,
    trouble: Told,
  ) {
    super();
    this.code = trouble.code;
    // The language may be changed while it stands there.
    Object.defineProperty(this, "message", { get: () => told(trouble, languageNow()) });
  }
}

let csrf = "";
const heard = new Set<() => void>();

/** What unsafe requests must carry; the session gives it. */
export function setCsrfToken(token: string): void {
  csrf = token;
}

/** The same, for requests that aren't made by `api`. */
export const csrfToken = (): string => csrf;

/** Told when the API says that the session is over. */
export function onSessionOver(tell: () => void): () => void {
  heard.add(tell);
  return () => heard.delete(tell);
}

const signed: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && csrf) request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await refusalOf(response);
  },
  onError({ error }) {
    if (error instanceof ApiError) return error;
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return new ApiError(0, { code: "away", message: "" });
  },
};

async function refusalOf(response: Response): Promise<ApiError> {
  const trouble = await troubleOf(response);
  // A wrong password is no reason to think that nobody is signed in.
  const isOver = trouble.status === 401 && trouble.code !== "sign_in_refused";
  if (isOver) heard.forEach((tell) => tell());
  return trouble;
}

/** The answer to a request that isn't made by `api`; a refusal is thrown as an `ApiError`. */
export async function answered(request: Promise<Response>): Promise<Response> {
  const response = await request;
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** What a refusal says of itself; whoever stands in between may have answered without our words. */
async function troubleOf(response: Response): Promise<ApiError> {
  try {
    const said = (await response.clone().json()) as Partial<Told>;
    return new ApiError(response.status, { code: "unknown", message: "", ...said });
  } catch {
    return new ApiError(response.status, { code: "unknown", message: response.statusText });
  }
}

/**
 * The API, typed by its own document: `const { data } = await api.GET("/api/v1/flows")`.
 * Anything but success is thrown as an `ApiError`.
 */
export const api = createClient<paths>({ baseUrl: location.origin });
api.use(signed);

/** The data of an answer that had success. */
export async function got<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/** Only what may be different next time; a refusal stays one. */
export function isWorthAnotherTry(failures: number, error: Error): boolean {
  const isRefusal = error instanceof ApiError && error.status > 0 && error.status < 500;
  return failures < 2 && !isRefusal;
}
