"""Fee periods, dues, arrears, hardship reports, and the yearly confirmation of parents' telephones."""

from django.urls import path

from ..views import fee_dues, fees, hardships, phones

urlpatterns = [
    path("fees/", fees.Fees.as_view(), name="fees"),
    path("fees/new/", fees.CreatePeriod.as_view(), name="fee_period_create"),
    path("fees/<int:pk>/", fees.PeriodPage.as_view(), name="fee_period"),
    path("fees/<int:pk>/edit/", fees.EditPeriod.as_view(), name="fee_period_edit"),
    path("fees/<int:pk>/dues/new/", fees.AddDue.as_view(), name="fee_due_create"),
    path("fees/<int:pk>/classes/<int:class_id>/", fees.Arrears.as_view(), name="arrears"),
    path("fees/dues/<int:pk>/", fee_dues.DuePage.as_view(), name="fee_due"),
    path("fees/dues/<int:pk>/payment/", fee_dues.Pay.as_view(), name="fee_payment"),
    path("fees/dues/<int:pk>/waiver/", fee_dues.Waive.as_view(), name="fee_waiver"),
    path("fees/dues/<int:pk>/exemption/", fee_dues.Exempt.as_view(), name="fee_exemption"),
    path("fees/dues/<int:pk>/deferral/", fee_dues.Defer.as_view(), name="fee_deferral"),
    path("fees/dues/<int:pk>/reason/", fee_dues.Reason.as_view(), name="fee_reason"),
    path("hardships/", hardships.Hardships.as_view(), name="hardships"),
    path("classes/<int:class_id>/phones/", phones.Phones.as_view(), name="phones"),
    path("students/<int:pk>/guardians/<int:guardian>/call/", phones.CallGuardian.as_view(), name="phone_call"),
    path("students/<int:pk>/guardians/<int:guardian>/confirm/", phones.ConfirmPhone.as_view(), name="phone_confirm"),
]
