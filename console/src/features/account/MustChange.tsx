import { Way } from "../sign-in/Way";
import { ChangePassword } from "./ChangePassword";
import { useTexts } from "./texts";

/** Before anything else: another password. */
export default function MustChange() {
  const t = useTexts();
  return (
    <Way title={t("mustChange")} help={t("mustChangeHelp")}>
      <ChangePassword />
    </Way>
  );
}
