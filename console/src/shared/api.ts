import createClient, { type Middleware } from "openapi-fetch";

import type { components, paths } from "../api/schema";

export type Schemas = components["schemas"];

/** Why the API refused: `message` is for people, `code` for us. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
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

async function troubleOf(response: Response): Promise<ApiError> {
  try {
    const told = (await response.clone().json()) as Partial<Schemas["Trouble"]>;
    return new ApiError(
      response.status,
      told.code ?? "unknown",
      told.message ?? response.statusText,
    );
  } catch {
    return new ApiError(response.status, "unknown", response.statusText);
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
  return failures < 2 && !(error instanceof ApiError && error.status < 500);
}
