//! Behind an invitation's link. Looking at it uses nothing up; joining is a post.

use super::{account::Person, layout::Failed, use_words};
use crate::{
    api::account::{Join as JoinCall, Register, invited_to},
    components::post_form::{PostForm, Posting, Refusal},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::A, hooks::use_params_map};

/// Names the household, and lets somebody in: with a new account, or with the one signed in.
#[component]
pub fn Join() -> impl IntoView {
    let t = use_words();
    let params = use_params_map();
    let token = Memo::new(move |_| params.with(|params| params.get("token").unwrap_or_default()));
    let invitation = Resource::new_blocking(move || token.get(), invited_to);
    view! {
        <Title text=t.join />
        <Suspense fallback=move || view! { <p class="notice">{t.loading}</p> }>
            {move || Suspend::new(async move {
                match invitation.await {
                    Ok((household, signed_in)) => {
                        view! { <Invitation household=household.to_string() signed_in token=token.get_untracked() /> }.into_any()
                    }
                    Err(error) => view! { <Failed error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Invitation(household: String, signed_in: bool, token: String) -> impl IntoView {
    let t = use_words();
    let (join, register) = (Posting::to::<JoinCall>(), Posting::to::<Register>());
    let with_account = signed_in.then(|| {
        let token = token.clone();
        view! {
            <PostForm posting=join class="card form" label=t.join_with_account>
                <Refusal refusal=join.refusal />
                <input type="hidden" name="invite" value=token />
                <button type="submit" class="button">{t.join_with_account}</button>
            </PostForm>
            <p><A href="/">{t.back_to_today}</A></p>
        }
    });
    let as_new = (!signed_in).then(|| {
        let sign_in = format!("/sign-in?next=/join/{token}");
        view! {
            <PostForm posting=register class="card form" label=t.join>
                <Refusal refusal=register.refusal />
                <input type="hidden" name="form[invite]" value=token.clone() />
                <Person posting=register />
                <button type="submit" class="button" disabled=register.pending>{t.join_do}</button>
            </PostForm>
            // Back here afterwards: the invitation is not forgotten.
            <p><A href=sign_in>{t.have_account}</A></p>
        }
    });
    view! {
        <main id="main" class="page page-narrow">
            <h1>{t.invited_to} " " <b>{household}</b></h1>
            {with_account}
            {as_new}
        </main>
    }
}
