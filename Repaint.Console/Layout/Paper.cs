using MudBlazor;

namespace Repaint.Console.Layout;

/// <summary>Paper, pencil and paint, as MudBlazor's theme. The same colours as in the visitor app's tokens.</summary>
internal static class Paper
{
    private static readonly string[] Sans = ["system-ui", "Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", "sans-serif"];

    public static readonly MudTheme Theme = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#a93a1f",
            PrimaryContrastText = "#fffaf2",
            Secondary = "#2b5d86",
            SecondaryContrastText = "#fffaf2",
            Background = "#f5eee1",
            Surface = "#fffbf3",
            AppbarBackground = "#f5eee1",
            AppbarText = "#2e2923",
            DrawerBackground = "#f5eee1",
            DrawerText = "#2e2923",
            DrawerIcon = "#675d51",
            TextPrimary = "#2e2923",
            TextSecondary = "#675d51",
            ActionDefault = "#675d51",
            Divider = "#cbbda6",
            LinesDefault = "#cbbda6",
            LinesInputs = "#675d51",
            TableLines = "#cbbda6",
            Success = "#3c6647",
            Info = "#2b5d86",
            Warning = "#7d5608",
            Error = "#8b2c15",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#f0927a",
            PrimaryContrastText = "#1f1b17",
            Secondary = "#93c1de",
            SecondaryContrastText = "#1f1b17",
            Background = "#1f1b17",
            Surface = "#2a2520",
            AppbarBackground = "#1f1b17",
            AppbarText = "#f3eadb",
            DrawerBackground = "#1f1b17",
            DrawerText = "#f3eadb",
            DrawerIcon = "#bbae9b",
            TextPrimary = "#f3eadb",
            TextSecondary = "#bbae9b",
            ActionDefault = "#bbae9b",
            Divider = "#51473c",
            LinesDefault = "#51473c",
            LinesInputs = "#bbae9b",
            TableLines = "#51473c",
            Success = "#a3c795",
            SuccessContrastText = "#1f1b17",
            Info = "#93c1de",
            InfoContrastText = "#1f1b17",
            Warning = "#e8c274",
            WarningContrastText = "#1f1b17",
            Error = "#f7ab97",
            ErrorContrastText = "#1f1b17",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "10px", DrawerWidthLeft = "240px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Sans, LetterSpacing = "normal" },
            H1 = new H1Typography { FontFamily = Sans, FontSize = "1.5rem", FontWeight = "650", LineHeight = "1.3", LetterSpacing = "normal" },
            H2 = new H2Typography { FontFamily = Sans, FontSize = "1.125rem", FontWeight = "650", LineHeight = "1.4", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = Sans, FontSize = "1rem", FontWeight = "600", LetterSpacing = "normal", TextTransform = "none" },
        },
    };
}
