//! The texts of the list of keyboard shortcuts. Only a later part of the program uses them.

use super::catalogue;
use crate::domain::Language;

catalogue! {
    /// The fixed texts.
    KeyWords, key_words;

    title: "Keys", "Клавиши";
    new: "New transaction", "Новая операция";
    enter: "Add and stay; open a row", "Записать и остаться; открыть строку";
    rows: "From row to row", "По строкам";
    escape: "Close without saving", "Закрыть, не сохраняя";
    tree: "Move a category up or down the tree", "Вложить категорию или вынести";
    order: "Move an account up or down", "Переставить счёт";
    help: "This list", "Этот список";
    letters: "Find a category in its list", "Найти категорию в списке";
}
