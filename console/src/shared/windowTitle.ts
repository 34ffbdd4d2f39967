import { useEffect } from "react";

/** What the window is called while this is shown; screen readers say it first. */
export function useWindowTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Voxdesk`;
  }, [title]);
}
