"""Diagnostic codes of function packages, site content and images, for `petc explain`."""

from __future__ import annotations

from petc.diagnostics import Code, Severity

PACKAGE_UNAVAILABLE = Code(
    "package-unavailable",
    Severity.ERROR,
    "a requirement cannot be fetched",
    "Requirements travel in the zip as wheels for the function's runtime and architecture. pip fetches them "
    "once, by the hashes of the lock, and petc keeps them in .petc/wheels. Nothing is built from sources, "
    "for the result would differ from machine to machine.",
)

PACKAGE_RUNTIME = Code(
    "package-runtime",
    Severity.ERROR,
    "requirements.txt beside a function that is not Python",
    "petc reads Python's lock files only. Put the modules of another language into the function's folder, "
    "or bring them as a layer through an override.",
)

PACKAGE_WHEEL = Code(
    "package-wheel",
    Severity.ERROR,
    "a wheel that cannot be packed",
    "Its file is damaged, holds paths that lead out of the package, or unpacks to more than Lambda holds. "
    "Nothing of a wheel is run when it is packed.",
)

PACKAGE_HANDLER = Code(
    "package-handler",
    Severity.ERROR,
    "the handler's module is not there",
    "Lambda would load the function and fail at its first invocation. The first part of `handler` names a "
    "module or package in the function's folder, which stands at the top of the zip.",
)

PACKAGE_COLLISION = Code(
    "package-collision",
    Severity.ERROR,
    "two things in a package bear one name",
    "An import would find one of them and never the other. Folders of the function, shared modules and "
    "requirements lie side by side in the zip, so their names have to differ.",
)

PACKAGE_SIZE = Code(
    "package-size",
    Severity.ERROR,
    "a package is larger than Lambda allows",
    "A function may unpack to 250 MiB. Leave out requirements that the runtime brings (boto3), or read "
    "large files from a bucket.",
)

PACKAGE_MOVED = Code(
    "package-moved",
    Severity.ERROR,
    "a function's sources changed while petc ran",
    "A package is addressed by the digest of the sources that were compiled; other sources do not belong "
    "under it. Run the command again.",
)

PACKAGE_DIFFERS = Code(
    "package-differs",
    Severity.ERROR,
    "another object lies under the key",
    "The artifact bucket holds an object under the digest of a template or of a function's inputs, and its bytes "
    "are not those that they give. petc goes by S3's own SHA-256 of the object, or reads and hashes it; what its "
    "writer noted beside it counts for nothing. Somebody replaced it, or an older petc packed otherwise. Nothing "
    "is overwritten: functions that run may come from it. Look at who wrote it, delete it, and run the command "
    "again.",
)

ARTIFACT_GONE = Code(
    "artifact-gone",
    Severity.ERROR,
    "a function's package was deleted while petc deployed",
    "petc looks at the bytes of each package again just before CloudFormation is given the template that names "
    "it. Here the object was gone by then. Find out who deleted it and run the command again, which writes it.",
)

ARTIFACT_BUCKET_FOREIGN = Code(
    "artifact-bucket-foreign",
    Severity.ERROR,
    "the artifact bucket belongs to another account",
    "Names of buckets are taken by whoever comes first. Code from a bucket that is not yours would run in "
    "your functions, so petc asks for the owner. Name a bucket of yours as "
    "targets.regions.<region>.artifact_bucket.",
)

PACKAGES = (
    PACKAGE_UNAVAILABLE,
    PACKAGE_RUNTIME,
    PACKAGE_WHEEL,
    PACKAGE_HANDLER,
    PACKAGE_COLLISION,
    PACKAGE_SIZE,
    PACKAGE_MOVED,
    PACKAGE_DIFFERS,
    ARTIFACT_GONE,
    ARTIFACT_BUCKET_FOREIGN,
)

SITE_MISSING = Code(
    "site-missing",
    Severity.ERROR,
    "the site's folder cannot be read, or is empty",
    "`frontend.content` names the folder whose files the distribution delivers, relative to the spec's file. "
    "Build the site first, if it is built.",
)

SITE_LINK = Code(
    "site-link",
    Severity.ERROR,
    "a link in the site's folder",
    "What a link leads to may lie outside of the folder, and would be public then. Files are published only "
    "where they stand.",
)

SITE_NAME = Code(
    "site-name",
    Severity.ERROR,
    "a file name that no URL should bear",
    "Keys of objects are UTF-8 of up to 1,024 bytes. Control characters and backslashes are read differently "
    "by browsers, CloudFront and S3. Rename the file.",
)

SITE_TOO_LARGE = Code(
    "site-too-large",
    Severity.ERROR,
    "the site's folder is larger than a site",
    "More than 10,000 files or 1 GiB: most likely the folder also holds sources or node_modules. Name the "
    "one with the built site.",
)

SITE_CHANGED = Code(
    "site-changed",
    Severity.ERROR,
    "a file of the site changed while it was uploaded",
    "S3 compares each upload with the digest that was taken before, and refused one. What is published is "
    "never half of a file. Run petc deploy again.",
)

SITE = (
    SITE_MISSING,
    SITE_LINK,
    SITE_NAME,
    SITE_TOO_LARGE,
    SITE_CHANGED,
)

IMAGE_MISSING = Code(
    "image-missing",
    Severity.ERROR,
    "a running service would lose its image",
    "The spec names a tag that is not in the service's repository. New tasks could not start, and the stack "
    "would wait for them before it rolls back. A service without tasks just stays without.",
)

IMAGES = (IMAGE_MISSING,)

CODES: tuple[Code, ...] = (*PACKAGES, *SITE, *IMAGES)
