import { Alert } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { api, got } from "../../shared/api";
import type { Session } from "../../shared/session";
import { SignInForm } from "./SignInForm";
import { useTexts } from "./texts";
import { Way } from "./Way";

/** The way in; where nobody can come in yet, how that is changed. */
export default function SignIn({ onSignedIn }: { onSignedIn: (session: Session) => void }) {
  const t = useTexts();
  const first = useQuery({
    queryKey: ["first-administrator"],
    queryFn: () => got(api.GET("/api/v1/first-administrator")),
  });
  return (
    <Way title={t("title")}>
      {first.data?.is_needed && (
        <Alert title={t("noAdministrator")}>{t("noAdministratorHelp")}</Alert>
      )}
      <SignInForm onSignedIn={onSignedIn} />
    </Way>
  );
}
