import { ApiError, csrfToken, type Schemas } from "../../shared/api";

export interface About {
  language: string;
  first: "agent" | "caller";
}

/** Sends a file; tells how much of it has gone, 0..1. `fetch` can't tell that yet. */
export function send(
  file: File,
  about: About,
  tell: (share: number) => void,
  brokeOff: string,
  stop: AbortSignal,
): Promise<Schemas["SentOut"]> {
  return new Promise((resolve, reject) => {
    const asked = new URLSearchParams({ name: file.name, ...about });
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/imports?${asked.toString()}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    if (csrfToken()) request.setRequestHeader("X-CSRF-Token", csrfToken());
    request.upload.onprogress = (event) => tell(event.total ? event.loaded / event.total : 0);
    stop.addEventListener("abort", () => request.abort());
    request.onabort = () => reject(new ApiError(0, { code: "stopped", message: brokeOff }));
    request.onerror = () => reject(new ApiError(0, { code: "broke_off", message: brokeOff }));
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status < 300) resolve(answer as Schemas["SentOut"]);
      else {
        const trouble = answer as Partial<Schemas["Trouble"]>;
        const told = { code: "broke_off", message: brokeOff, ...trouble };
        reject(new ApiError(request.status, told));
      }
    };
    request.send(file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
