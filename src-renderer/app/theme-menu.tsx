import { Check, Monitor, Moon, Sun } from 'lucide-react';
import type { ReactElement } from 'react';
import { type ThemeChoice, themeChoices, useTheme } from '../theme/theme.ts';
import buttonStyles from '../ui/button.module.css';
import { Button } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';

const labels: Readonly<Record<ThemeChoice, string>> = {
  light: 'Light',
  dark: 'Dark',
  system: 'As the system',
};
const icons: Readonly<Record<ThemeChoice, ReactElement>> = {
  light: <Sun />,
  dark: <Moon />,
  system: <Monitor />,
};

export function ThemeMenu() {
  const { choice, choose } = useTheme();
  return (
    <Menu
      side="right"
      align="end"
      trigger={
        <Button variant="ghost" aria-label={`Theme: ${labels[choice]}`} className={buttonStyles.iconOnly}>
          {icons[choice]}
        </Button>
      }
      items={themeChoices.map((option) => ({
        id: option,
        label: labels[option],
        icon: option === choice ? <Check /> : <span />,
        onSelect: () => choose(option),
      }))}
    />
  );
}
