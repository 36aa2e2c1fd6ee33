"""What published credentials look like: each form as its issuer documents it, or as secret scanners know it.

Only forms that nothing else has: a prefix of the issuer's own, or a structure such as a key in PEM. Identifiers
that are public by design (Stripe's `pk_live_`, Google's client ids) are left out.

Sources: the issuers' documentation, GitHub's "Supported secret scanning patterns", and the rules of gitleaks
(https://github.com/gitleaks/gitleaks), read on 2026-11-30.
"""

from __future__ import annotations

import re

_HEX = "[0-9a-fA-F]"

_PREFIXED = {
    "an AWS access key id": r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])",
    "a private key without its frame": r"(?:MII[A-Za-z0-9+/]{2,6}IBA(?:DANBgkqhkiG9w0BAQEF|AKCA)"
    r"|MIGHAgEAMBMGByqGSM49|MHcCAQEEI)[A-Za-z0-9+/=]{20,}",
    "an Amazon Bedrock API key": r"(?:ABSK[A-Za-z0-9+/]{60,}|bedrock-api-key-[A-Za-z0-9+/=]{20,})",
    "a GitHub token": r"(?:gh[pousr]_[0-9A-Za-z]{30,}|github_pat_\w{22,})",
    "a GitLab token": r"(?:gl(?:pat|ptt|rt|rtr|dt|cbt|ft|imt|agent|oas|soat|ffct|wt)-[\w.-]{20,}|GR1348941[\w-]{20})",
    "a Bitbucket or Atlassian token": r"(?:ATATT3|ATCTT3|ATBB|ATOA)[\w=.-]{20,}",
    "a Slack token": r"(?:xox[abeoprs]-[0-9A-Za-z-]{10,}|xapp-\d-[0-9A-Z]+-\d+-\w+|xoxe\.xox[bp]-\d-[\w-]{20,})",
    "a Stripe key": r"(?:[sr]k_(?:live|test|prod)_[0-9A-Za-z]{10,}|whsec_[0-9A-Za-z+/]{24,})",
    "a Google API key": r"AIza[\w-]{35}",
    "a Google OAuth credential": r"(?:ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}|1//0[\w-]{30,})",
    "an npm token": r"npm_[0-9A-Za-z]{36}",
    "a PyPI token": r"pypi-AgE[\w-]{40,}",
    "a RubyGems key": rf"rubygems_{_HEX}{{48}}",
    "a crates.io token": r"cio[0-9A-Za-z]{32}(?!\w)",
    "a NuGet key": r"oy2[a-z0-9]{43}(?!\w)",
    "a Docker token": r"dckr_(?:pat|oat)_[\w-]{20,}",
    "an OpenAI key": r"sk-(?:(?:proj|svcacct|admin|None)-)?[\w-]{20,}T3BlbkFJ[\w-]{16,}",
    "a key of a model provider": r"(?:sk-ant-[\w-]{20,}|sk-(?:proj|or|lf)-[\w-]{20,}|sk-[0-9A-Za-z]{32,}|gsk_\w{40,}"
    r"|xai-\w{60,}|pplx-\w{40,}|r8_\w{37}|hf_[A-Za-z]{30,}|api_org_[A-Za-z]{34})",
    "a Twilio key": rf"SK{_HEX}{{32}}(?!\w)",
    "a SendGrid key": r"SG\.[\w-]{16,}\.[\w-]{16,}",
    "a mail provider's key": rf"(?:key-{_HEX}{{32}}|{_HEX}{{32}}-us\d{{1,2}}|xkeysib-{_HEX}{{64}}-\w{{16}}"
    r"|re_[0-9A-Za-z]{6,}_[0-9A-Za-z]{16,})"
    r"(?!\w)",
    "a DigitalOcean token": rf"do[opr]_v1_{_HEX}{{64}}",
    "a Heroku key": r"HRKU-[\w-]{30,}",
    "a Cloudflare key": rf"v1\.0-{_HEX}{{24}}-{_HEX}{{100,}}",
    "a Netlify token": r"nf[a-z]_[0-9A-Za-z]{36}",
    "a HashiCorp token": r"(?:hv[sbr]\.[\w-]{20,}|[0-9A-Za-z]{14}\.atlasv1\.[\w=-]{60,})",
    "a Pulumi token": rf"pul-{_HEX}{{40}}",
    "a Doppler token": r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]+\.)?[0-9A-Za-z]{40,}",
    "a Databricks token": rf"dapi{_HEX}{{32}}(?:-\d)?(?!\w)",
    "a New Relic key": r"(?:NRAK-[0-9A-Z]{27}|NRJS-[0-9a-f]{19}|NRII-[\w-]{32})",
    "a Grafana token": rf"(?:glsa_[0-9A-Za-z]{{32}}_{_HEX}{{8}}|glc_[0-9A-Za-z+/]{{32,}}={{0,2}})",
    "a Sentry token": r"sntry[su]_[0-9A-Za-z+/=_-]{40,}",
    "a PlanetScale credential": r"pscale_(?:tkn|pw|oauth)_[\w.-]{32,}",
    "a Supabase key": rf"(?:sbp_{_HEX}{{40}}|sb_secret_[\w-]{{20,}})",
    "a Linear key": r"lin_(?:api|oauth)_[0-9A-Za-z]{32,}",
    "a Notion token": r"(?:ntn_[0-9A-Za-z]{40,}|secret_[0-9A-Za-z]{43}(?!\w))",
    "an Airtable token": rf"pat[0-9A-Za-z]{{14}}\.{_HEX}{{64}}",
    "a Shopify token": rf"shp(?:at|ca|pa|ss)_{_HEX}{{32}}",
    "a Square token": r"sq0(?:atp|csp|idp)-[\w-]{22,}",
    "a PayPal or Braintree token": rf"access_token\$(?:production|sandbox)\$[0-9a-z]{{16}}\${_HEX}{{32}}",
    "a Telegram bot token": r"\d{8,10}:AA[\w-]{33}(?!\w)",
    "a Mapbox token": r"sk\.eyJ[\w-]{20,}\.[\w-]{20,}",
    "a Figma token": r"figd_[\w-]{40}",
    "a Postman key": rf"PMAK-{_HEX}{{24}}-{_HEX}{{34}}",
    "a Buildkite token": rf"bk(?:ua|pt|at)_{_HEX}{{40}}",
    "a CircleCI token": r"CCI(?:PAT|PRJ)_[0-9A-Za-z]+_[0-9a-f]{40}",
    "a SonarQube token": rf"sq[pua]_{_HEX}{{40}}",
    "a JFrog key": r"AKCp[0-9A-Za-z]{60,}",
    "a LaunchDarkly key": rf"(?:sdk|mob|api)-{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}",
    "a Dynatrace token": r"dt0[a-z]\d{2}\.[0-9A-Z]{24}\.[0-9A-Z]{64}",
    "an Alibaba Cloud key id": r"LTAI[0-9A-Za-z]{16,20}(?!\w)",
    "a Tencent Cloud key id": r"AKID[0-9A-Za-z]{32}(?!\w)",
    "a Tailscale key": r"tskey-[a-z]+-[0-9A-Za-z-]{20,}",
    "a 1Password token": r"ops_eyJ[\w+/=-]{100,}",
    "an age key": r"AGE-SECRET-KEY-1[0-9A-Z]{58}",
    "a Flutterwave or Razorpay key": rf"(?:FLWSECK(?:_TEST)?-{_HEX}{{12,}}-X|rzp_live_\w{{14}}:\w{{20,}})",
    "a shipping or travel provider's key": rf"(?:EZ[AT]K{_HEX}{{54}}|shippo_(?:live|test)_{_HEX}{{40}}"
    r"|duffel_(?:live|test)_[\w=-]{43})",
    "an Azure client secret": r"[0-9A-Za-z_~.]{3}8Q~[\w.~-]{31,34}(?![\w~])",
}

_OTHER = {
    "a private key": r"-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d",
    "a signed web token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+",
    "a webhook that anyone may post to": r"https://(?:hooks\.slack\.com/(?:services|workflows|triggers)/\w+"
    r"|(?:(?:ptb|canary)\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]+"
    r"|[\w-]+\.webhook\.office\.com/webhookb2/[\w@/-]+"
    r"|chat\.googleapis\.com/v1/spaces/[\w-]+/messages\?\S*key=)",
    "an Azure storage or bus key": r"(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{30,}={0,2}",
    "a signed URL": r"[?&](?:sig|X-Amz-Signature|X-Goog-Signature)=[\w%+/-]{20,}",
    "an authorization header": r"\b(?:Basic|Bearer)\s+[A-Za-z0-9+/_.~-]{16,}={0,2}",
}

FORMS = {
    **{title: re.compile(rf"(?<![A-Za-z0-9_]){form}") for title, form in _PREFIXED.items()},
    **{title: re.compile(form) for title, form in _OTHER.items()},
}
"""The forms by what they are."""


def form_of(text: str) -> str:
    """Return what credential a text holds by its form, or nothing."""
    if len(text) < _SHORTEST:
        return ""
    return next((title for title, form in FORMS.items() if form.search(text)), "")


_SHORTEST = 18
"""Characters of the shortest form; most settings are shorter."""
