import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

/**
 * Going to another page begins at its content: what had the focus is gone, and who doesn't see the
 * page would stay in the menu. Where the page itself has put the focus somewhere, it stays.
 */
export function useArrival(id: string): void {
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    const page = document.getElementById(id);
    const isThere = page?.contains(document.activeElement);
    if (!isThere) page?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname, id]);
}
