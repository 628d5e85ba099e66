//! What the family of the demo household spends and receives, as tables.

/// A kind of transaction: how frequent it is, and its range of amounts.
pub(super) struct Habit {
    /// The members who record it, as indices in `PEOPLE`; more often those who are named more often.
    pub who: &'static [usize],
    /// The icon of its article among those that a household starts with.
    pub article: &'static str,
    /// Its account, as in `Told`.
    pub center: usize,
    /// The probability on one day, in thousandths.
    pub often: u64,
    /// The lowest and the highest amount.
    pub euros: (u64, u64),
    /// Its notes, each in both languages.
    pub notes: &'static [[&'static str; 2]],
}

/// What happens on some days.
pub(super) const HABITS: &[Habit] = &[
    Habit {
        who: &[0, 1, 0],
        article: "basket",
        center: 0,
        often: 900,
        euros: (9, 62),
        notes: &[
            ["weekly shop", "на неделю"],
            ["market", "рынок"],
            ["", ""],
            ["bread and milk", "хлеб и молоко"],
            ["", ""],
        ],
    },
    Habit {
        who: &[1, 0],
        article: "basket",
        center: 1,
        often: 420,
        euros: (3, 19),
        notes: &[["bakery", "булочная"], ["fruit", "фрукты"], ["", ""]],
    },
    Habit {
        who: &[0, 1],
        article: "fork",
        center: 0,
        often: 430,
        euros: (9, 42),
        notes: &[
            ["lunch", "обед"],
            ["pizza night", "пицца"],
            ["café with friends", "кафе с друзьями"],
            ["", ""],
        ],
    },
    Habit {
        who: &[1, 0],
        article: "fork",
        center: 1,
        often: 460,
        euros: (2, 7),
        notes: &[["coffee", "кофе"], ["coffee", "кофе"], ["ice cream", "мороженое"]],
    },
    Habit {
        who: &[1],
        article: "fuel",
        center: 0,
        often: 150,
        euros: (45, 72),
        notes: &[["full tank", "полный бак"], ["", ""]],
    },
    Habit {
        who: &[0, 2],
        article: "bus",
        center: 0,
        often: 190,
        euros: (2, 9),
        notes: &[["ticket", "билет"], ["taxi home", "такси домой"], ["", ""]],
    },
    Habit {
        who: &[0, 1],
        article: "heart",
        center: 0,
        often: 110,
        euros: (7, 64),
        notes: &[["pharmacy", "аптека"], ["dentist", "стоматолог"], ["", ""]],
    },
    Habit {
        who: &[0, 1],
        article: "shirt",
        center: 0,
        often: 90,
        euros: (19, 120),
        notes: &[["shoes", "обувь"], ["for Mila", "для Милы"], ["", ""]],
    },
    Habit {
        who: &[0, 1],
        article: "child",
        center: 0,
        often: 130,
        euros: (8, 55),
        notes: &[
            ["school trip", "поездка с классом"],
            ["guitar lesson", "урок гитары"],
            ["exercise books", "тетради"],
        ],
    },
    Habit {
        who: &[2],
        article: "star",
        center: 2,
        often: 300,
        euros: (3, 14),
        notes: &[["cinema", "кино"], ["book", "книга"], ["music", "музыка"], ["", ""]],
    },
    Habit {
        who: &[0, 1],
        article: "star",
        center: 0,
        often: 120,
        euros: (12, 70),
        notes: &[["swimming pool", "бассейн"], ["theatre", "театр"], ["museum", "музей"]],
    },
    Habit {
        who: &[0, 1],
        article: "gift",
        center: 0,
        often: 70,
        euros: (15, 80),
        notes: &[["grandma’s birthday", "день рождения бабушки"], ["flowers", "цветы"], ["", ""]],
    },
    Habit {
        who: &[0, 1],
        article: "sofa",
        center: 0,
        often: 140,
        euros: (6, 65),
        notes: &[["cleaning things", "для уборки"], ["light bulbs", "лампочки"], ["", ""]],
    },
    Habit {
        who: &[0, 1],
        article: "dots",
        center: 0,
        often: 80,
        euros: (4, 40),
        notes: &[["post office", "почта"], ["", ""]],
    },
];

/// The day of the month; the member, article, account and amount in euros; the note.
pub(super) type Monthly = (i8, usize, &'static str, usize, i64, [&'static str; 2]);

/// The transactions of each month.
pub(super) const MONTHLY: &[Monthly] = &[
    (1, 0, "key", 0, -1_180, ["rent", "за месяц"]),
    (3, 1, "bolt", 0, -86, ["electricity", "свет"]),
    (5, 1, "bolt", 0, -45, ["internet and phones", "интернет и телефоны"]),
    (6, 0, "bus", 0, -42, ["Mila’s pass", "проездной Милы"]),
    (10, 1, "briefcase", 0, 2_150, ["Ben", "Борис"]),
    (11, 0, "arrows", 0, -90, ["pocket money", "карманные"]),
    (11, 0, "arrows", 2, 90, ["pocket money", "карманные"]),
    (12, 0, "arrows", 0, -300, ["to savings", "в накопления"]),
    (12, 0, "arrows", 3, 300, ["to savings", "в накопления"]),
    (14, 1, "arrows", 0, -260, ["cash", "наличные"]),
    (14, 1, "arrows", 1, 260, ["cash", "наличные"]),
    (25, 0, "briefcase", 0, 2_480, ["Anna", "Анна"]),
];
